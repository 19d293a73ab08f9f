"""Values that only one row may have: swapped, freed, or another's."""

from portal.db.session import lock, next_id
from portal.extensions import db
from portal.registry.organizations import Organization
from tests.importer.registry import Registry, Rows

TAKEN = "value belongs to another"


def renamed(rows: Rows, **names: str) -> Rows:
    """Organizations by id, as in `_1="A"`."""
    return rows | {"org": [{"id": int(number[1:]), "name": name} for number, name in names.items()]}


def test_rows_of_one_file_swap_their_values(imported: Registry, small: Rows) -> None:
    first, second = small["netixlan"]
    first["ipaddr4"], second["ipaddr4"] = second["ipaddr4"], first["ipaddr4"]
    for name in ("name", "asn"):
        small["net"][0][name], small["net"][1][name] = small["net"][1][name], small["net"][0][name]
    small["netfac"][0]["fac_id"], small["netfac"][1]["fac_id"] = 2, 1
    taken = imported.take(small)
    assert taken.outcome.clean
    assert taken.total("updated") == 6
    assert [imported.row("net", number)["asn"] for number in (1, 2)] == [64501, 64500]
    assert [imported.row("netixlan", number)["ipaddr4"] for number in (1, 2)] == ["198.51.100.2", "198.51.100.1"]
    assert set(imported.statuses().values()) == {"ok"}


def test_a_value_is_passed_on_along_a_chain(registry: Registry) -> None:
    registry.take(renamed({}, _1="A", _2="B", _3="C"))
    assert registry.take(renamed({}, _1="B", _2="C", _3="D")).outcome.clean
    assert [row["name"] for row in registry.tables()["organization"]] == ["B", "C", "D"]


def test_the_present_holder_wins_whoever_stands_first(registry: Registry) -> None:
    registry.take(renamed({}, _5="A"))
    taken = registry.take(renamed({}, _1="A", _5="A"))
    assert taken.named(TAKEN) == [("org", 1, "name", 5)]
    assert not taken.outcome.clean


def test_among_new_rows_the_lowest_id_wins(registry: Registry) -> None:
    assert registry.take(renamed({}, _9="A", _3="A", _5="A")).named(TAKEN) == [("org", 5, "name", 3), ("org", 9, "name", 3)]


def test_a_record_made_here_keeps_its_value(registry: Registry, small: Rows) -> None:
    with registry.app.app_context():
        session = db.session()
        lock(session)
        session.add(Organization(id=next_id(session), name="Example Org", latitude=None, longitude=None))
        session.commit()
    taken = registry.take(small)
    assert taken.named(TAKEN) == [("org", 1, "name", 1_000_000_000)]
    assert registry.statuses().keys() >= {("org", 1_000_000_000), ("org", 2)}
    assert ("net", 1) not in registry.statuses()


def test_who_is_skipped_keeps_the_value_that_another_hoped_for(registry: Registry) -> None:
    registry.take(renamed({}, _1="A", _2="B", _3="C"))
    taken = registry.take(renamed({}, _1="B", _2="C"))
    assert taken.named(TAKEN) == [("org", 1, "name", 2), ("org", 2, "name", 3)]
    assert [row["name"] for row in registry.tables()["organization"]] == ["A", "B", "C"]


def test_a_deleted_row_frees_its_name_but_never_its_asn(registry: Registry, small: Rows) -> None:
    registry.take(small | {"net": [{**row, "status": "deleted"} for row in small["net"]]})
    newcomer = {"id": 3, "org_id": 1, "asn": 64502, "name": "Example Net"}
    assert registry.take({"net": [newcomer]}).outcome.clean
    assert registry.take({"net": [newcomer | {"id": 4, "asn": 64500, "name": "Other"}]}).named(TAKEN) == [("net", 4, "asn", 1)]


def test_a_name_is_free_once_its_holder_falls_with_its_parent(imported: Registry, small: Rows) -> None:
    small["org"][0]["status"] = "deleted"
    small["net"] = [{"id": 3, "org_id": 2, "asn": 64502, "name": "Example Net"}]
    small = {tag: small[tag] for tag in ("org", "net")}
    assert imported.take(small).outcome.clean
    assert imported.statuses()["net", 1] == "deleted"
    assert not imported.take(small).outcome.changed


def test_empty_values_are_in_nobodys_way(registry: Registry, small: Rows) -> None:
    small["ixlan"] += [{"id": 2, "ix_id": 1, "arp_sponge": ""}, {"id": 3, "ix_id": 1, "arp_sponge": None}]
    small["netixlan"] += [{"id": 3, "net_id": 1, "ix_id": 1, "ixlan_id": 2, "asn": 64500, "ipaddr4": None, "ipaddr6": None}]
    assert registry.take(small).outcome.clean
