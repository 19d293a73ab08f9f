"""A record that is kept here is given back to the import, with the newest file's values."""

from typing import Any

import pytest

from portal.access.principal import ANONYMOUS, COMMAND_LINE
from portal.db.session import lock, next_id
from portal.errors import Conflict, Invalid, NotFound
from portal.extensions import db
from portal.registry.contacts import Contact
from portal.registry.networks import Network
from portal.registry.ports import ExchangePort
from portal.registry.types import TYPES
from portal.registry.write.authority.follow_import import follow_import
from portal.registry.write.update import update_record
from tests.importer.consistency import check_consistent
from tests.importer.keeps import keep
from tests.importer.registry import Registry, Rows


def follow(registry: Registry, tag: str, identity: int, *, commit: bool = True) -> tuple[list[tuple[str, int, dict[str, Any]]], list[str]]:
    """Returns (type, id, fields) of what changed, and the warnings."""
    with registry.app.app_context():
        session = db.session()
        written = follow_import(session, COMMAND_LINE, TYPES[tag], identity)
        changes = [(change.kind.tag, change.row.id, dict(change.fields)) for change in written.changes]
        if commit:
            session.commit()
        else:
            session.rollback()
        return changes, [problem.message for problem in written.warnings]


@pytest.fixture
def kept(registry: Registry, small: Rows) -> Rows:
    """Network 1 was edited here, lost a contact, and got one and a port; the file then changed too."""
    registry.take(small)
    with registry.app.app_context():
        keep(("net", 1))
        session = db.session()
        update_record(session, COMMAND_LINE, TYPES["net"], 1, {"notes": "ours"})
        session.commit()
        lock(session)
        session.get_one(Contact, 2).status = "deleted"
        session.add(Contact(id=next_id(session), network_id=1, role="NOC", email="ours@example.net"))
        lan = {"exchange_id": 1, "peering_lan_id": 1}
        session.add(ExchangePort(id=next_id(session), network_id=1, asn=64500, ipaddr4="198.51.100.3", **lan))
        session.commit()
    small["net"][0] |= {"notes": "", "aka": "of the file"}
    small["netfac"][1]["status"] = "deleted"
    small["netixlan"].append({"id": 3, "net_id": 1, "ix_id": 1, "ixlan_id": 1, "asn": 64500, "ipaddr4": "198.51.100.3", "speed": 1000})
    registry.take(small)
    return small


def test_it_is_as_the_file_says_at_once_and_the_next_import_changes_it(registry: Registry, kept: Rows) -> None:
    before = registry.tables()
    changes, warnings = follow(registry, "net", 1, commit=False)
    assert registry.tables() == before
    assert warnings == []
    assert changes == follow(registry, "net", 1)[0]
    assert changes[0] == ("net", 1, {"source": ("here", "import")})
    assert ("net", 1, {"aka": ("", "of the file"), "notes": ("ours", "")}) in changes
    statuses = registry.statuses()
    assert {name for name in statuses if name[1] >= 1_000_000_000 and statuses[name] != "deleted"} == set()
    assert (statuses["netfac", 2], statuses["netixlan", 3], statuses["poc", 2]) == ("deleted", "ok", "ok")
    assert registry.row("poc", 2)["email"] == "peering@example.net"
    tables = registry.tables()
    assert tables["import_difference"] == []
    rows = [row for name in ("network", "exchange_port", "contact", "network_facility") for row in tables[name] if row["id"] < 9]
    assert {row["source"] for row in rows} == {"import"}
    assert tables["audit_row"][-1]["event"] == "record.follows_import"
    check_consistent(registry)
    kept["net"][0]["notes"] = "of a later file"
    taken = registry.take(kept)
    assert taken.total("leftAlone") == 0
    assert registry.row("net", 1)["notes"] == "of a later file"


def test_what_cannot_be_taken_is_said_and_left_to_the_next_import(registry: Registry, kept: Rows) -> None:
    with registry.app.app_context():
        session = db.session()
        lock(session)
        lan = {"exchange_id": 1, "peering_lan_id": 1}
        session.add(ExchangePort(id=7, network_id=2, asn=64501, ipaddr6="2001:db8:1::7", **lan))
        session.flush()
        session.get_one(ExchangePort, 2).ipaddr4 = None
        session.get_one(ExchangePort, 2).ipaddr6 = "2001:db8:1::2"
        session.commit()
    kept["netixlan"][2]["ipaddr4"] = "198.51.100.9"
    registry.take({"net": kept["net"], "netixlan": kept["netixlan"][2:]})
    with registry.app.app_context():
        session = db.session()
        lock(session)
        session.get_one(ExchangePort, 2).ipaddr4 = "198.51.100.9"
        session.commit()
    _, warnings = follow(registry, "net", 1)
    (warning,) = warnings
    assert warning.startswith("netixlan:3 wasn't taken: netixlan:2 has this ipaddr4 already: ")


def test_only_an_imported_object_can_follow(registry: Registry, kept: Rows) -> None:
    with registry.app.app_context():
        session = db.session()
        lock(session)
        ours = next_id(session)
        session.add(Network(id=ours, organization_id=1, asn=64520, name="Made here"))
        session.commit()
        with pytest.raises(Conflict, match="AS64520 Made here was created here"):
            follow_import(session, COMMAND_LINE, TYPES["net"], ours)
        with pytest.raises(Invalid, match="goes with its net"):
            follow_import(session, COMMAND_LINE, TYPES["poc"], 1)
        with pytest.raises(NotFound):
            follow_import(session, ANONYMOUS, TYPES["net"], 1)
        assert follow_import(session, COMMAND_LINE, TYPES["net"], 2).changes == []
