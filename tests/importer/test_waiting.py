"""What waits here for approval blocks no import, and reserves no ASN."""

from typing import Any

import pytest

from portal.access.principal import COMMAND_LINE
from portal.db.session import lock, next_id
from portal.errors import Conflict
from portal.extensions import db
from portal.importer.problems import TAKEN, WAITS
from portal.registry.exchanges import Exchange, PeeringLan, Prefix
from portal.registry.networks import Network
from portal.registry.ports import ExchangePort
from portal.registry.write.approve import approve
from portal.registry.write.refuse import refuse
from tests.importer.consistency import check_consistent
from tests.importer.members import add_admin
from tests.importer.registry import Registry, Rows


@pytest.fixture
def waiting(registry: Registry, small: Rows) -> dict[str, int]:
    """Two networks and an exchange wait for organization 1, which has an admin; one of the networks has a port."""
    registry.take(small)
    ids: dict[str, int] = {}

    def add(name: str, model: type, /, **values: Any) -> None:
        ids[name] = next_id(session)
        session.add(model(id=ids[name], **values))
        session.flush()

    with registry.app.app_context():
        add_admin(1)
        session = db.session()
        lock(session)
        add("net", Network, organization_id=1, asn=64510, name="Waiting Net", status="pending")
        add("other", Network, organization_id=1, asn=64511, name="Other Waiting Net", status="pending")
        add("ix", Exchange, organization_id=1, name="Waiting IX", status="pending")
        add("lan", PeeringLan, exchange_id=ids["ix"])
        add("prefix", Prefix, peering_lan_id=ids["lan"], prefix="203.0.113.0/24", protocol="IPv4")
        lan = {"exchange_id": 1, "peering_lan_id": 1}
        add("port", ExchangePort, network_id=ids["other"], asn=64511, ipaddr4="198.51.100.9", **lan)
        session.commit()
    return ids


def test_it_gives_way_to_rows_of_the_file_and_its_admins_are_told(registry: Registry, small: Rows, waiting: dict[str, int]) -> None:
    small["net"].append({"id": 3, "org_id": 2, "asn": 64510, "name": "Third Net"})
    small["ix"].append({"id": 2, "org_id": 2, "name": "Waiting IX"})
    small["netixlan"].append({"id": 3, "net_id": 3, "ix_id": 1, "ixlan_id": 1, "asn": 64510, "ipaddr4": "198.51.100.9"})
    taken = registry.take(small)
    assert taken.outcome.clean
    assert taken.total("added") == 3
    port = ("netixlan", waiting["port"], "ipaddr4", 3)
    assert taken.named(WAITS) == [("ix", waiting["ix"], "name", 2), ("net", waiting["net"], "asn", 3), port]
    statuses = registry.statuses()
    assert {statuses[tag, waiting[name]] for tag, name in (("net", "net"), ("ix", "ix"), ("ixlan", "lan"), ("netixlan", "port"))} == {
        "deleted"
    }
    assert statuses["net", waiting["other"]] == "pending"
    check_consistent(registry)
    tables = registry.tables()
    refused = [(row["subject_name"], row["details"]["reason"]) for row in tables["audit_row"] if row["event"] == "record.refused"]
    assert set(refused) == {
        ("AS64510 Waiting Net", "An import brought net:3, which has the same ASN."),
        ("Waiting IX", "An import brought ix:2, which has the same name."),
    }
    assert [mail["recipient"] for mail in tables["mail"]] == ["alice@example.net"] * 2
    assert not registry.take(small).outcome.changed


def test_what_is_approved_keeps_its_values(registry: Registry, small: Rows, waiting: dict[str, int]) -> None:
    with registry.app.app_context():
        for name in ("net", "ix"):
            approve(db.session(), COMMAND_LINE, f"{name}:{waiting[name]}")
        db.session.commit()
    small["net"].append({"id": 3, "org_id": 2, "asn": 64510, "name": "Third Net"})
    small["ixpfx"].append({"id": 3, "ixlan_id": 1, "protocol": "IPv4", "prefix": "203.0.113.0/24"})
    taken = registry.take(small)
    assert taken.named(TAKEN) == [("ixpfx", 3, "prefix", waiting["prefix"]), ("net", 3, "asn", waiting["net"])]
    assert registry.statuses()["net", waiting["net"]] == "ok"


def test_an_asn_is_reserved_once_approved(registry: Registry, small: Rows, waiting: dict[str, int]) -> None:
    with registry.app.app_context():
        session = db.session()
        lock(session)
        twin = next_id(session)
        session.add(Network(id=twin, organization_id=2, asn=64510, name="Twin", status="pending"))
        session.commit()
        refuse(session, COMMAND_LINE, f"net:{waiting['other']}", "It isn't yours.")
        approve(session, COMMAND_LINE, f"net:{waiting['net']}")
        session.commit()
        with pytest.raises(Conflict, match=f"net:{waiting['net']} has this asn already"):
            approve(session, COMMAND_LINE, f"net:{twin}")
        lock(session)
        session.get_one(Network, waiting["net"]).status = "deleted"
        session.commit()
    small["net"] += [{"id": 3, "org_id": 2, "asn": 64510, "name": "Third"}, {"id": 4, "org_id": 2, "asn": 64511, "name": "Fourth"}]
    taken = registry.take(small)
    assert taken.named(TAKEN) == [("net", 3, "asn", waiting["net"])]
    assert registry.statuses()["net", 4] == "ok"
