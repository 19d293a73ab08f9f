"""The history of records tells what an import changed and deleted, and nothing of what it added."""

from typing import Any

from tests.importer.keeps import keep
from tests.importer.registry import Registry, Rows


def history(registry: Registry) -> set[tuple[Any, ...]]:
    names = ("act", "organization_id", "record_type", "record_id", "object_type", "object_id", "field", "before", "after")
    rows = registry.tables()["record_change"]
    assert {(row["actor_kind"], row["actor_name"]) for row in rows if row["act"] < 0} <= {("command line", "Command line")}
    return {tuple(tuple(row[name]) if isinstance(row[name], list) else row[name] for name in names) for row in rows if row["act"] < 0}


def test_changed_fields_and_deletions_are_kept_and_personal_values_are_not(registry: Registry, small: Rows) -> None:
    registry.take(small)
    assert history(registry) == set()
    with registry.app.app_context():
        keep(("net", 2))
    small["net"][0] |= {
        "info_types": ["NSP", "Content"],
        "info_prefixes4": None,
        "info_unicast": False,
        "notes_private": "ours",
        "aka": 'a "q"',
    }
    small["net"][1]["notes"] = "left alone"
    small["poc"][0] |= {"email": "other@example.net", "role": "Policy"}
    small["poc"][1]["status"] = "deleted"
    small["ixpfx"][1]["prefix"] = "2001:db8:2::/64"
    small["org"][0]["city"] = "Genève"
    del small["netixlan"][0]
    small["fac"][1]["status"] = "deleted"
    registry.take(small, full=True, force=True)
    network, contact, exchange = (-2, 1, "net", 1, "net", 1), (-2, 1, "poc", 1, "net", 1), (-2, 2, "ixpfx", 2, "ix", 1)
    assert history(registry) == {
        (*network, "info_types", ("NSP",), ("NSP", "Content")),
        (*network, "info_prefixes4", 20, None),
        (*network, "info_unicast", True, False),
        (*network, "notes_private", None, None),
        (*network, "aka", "", 'a "q"'),
        (*contact, "email", None, None),
        (*contact, "role", "NOC", "Policy"),
        (*exchange, "prefix", "2001:db8:1::/64", "2001:db8:2::/64"),
        (-2, 1, "org", 1, "org", 1, "city", "Zürich", "Genève"),
        (-2, 1, "poc", 2, "net", 1, "status", "ok", "deleted"),
        (-2, 1, "netixlan", 1, "net", 1, "status", "ok", "deleted"),
        (-2, 1, "netfac", 2, "net", 1, "status", "ok", "deleted"),
        (-2, 2, "fac", 2, "fac", 2, "status", "ok", "deleted"),
    }
