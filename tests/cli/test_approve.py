"""`portal approve` and `portal refuse`, and the rules behind them."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.principal import COMMAND_LINE
from portal.db.session import lock, next_id
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.extensions import db
from portal.models import AuditRow, Mail
from portal.registry.contacts import Contact
from portal.registry.exchanges import Exchange, PeeringLan, Prefix
from portal.registry.networks import Network
from portal.registry.organizations import Organization
from portal.registry.ports import ExchangePort
from portal.registry.write import approve as approvals
from portal.registry.write import refuse as refusals
from tests.commands import CommandLine
from tests.people import People
from tests.registry import Records

pytestmark = pytest.mark.sql


def test_what_waits_is_listed_and_approved_by_what_the_list_says(demo: CommandLine) -> None:
    listed = demo.ok("approve").out.splitlines()
    assert any("AS65551 Northlight Edge · Northlight Networks" in line for line in listed)
    names = [line.split()[0] for line in listed]
    assert {name.partition(":")[0] for name in names} == {"net", "ix"}
    assert demo.ok("approve", *names).out.count("is live.") == len(names)
    assert "Nothing waits" in demo.ok("approve").err


@pytest.mark.parametrize(("text", "words"), [("fac:1", "net:ID or ix:ID"), ("net:x", "net:ID or ix:ID"), ("net:1", "no net:1")])
def test_a_refused_approval_is_one_line_and_changes_nothing(demo: CommandLine, text: str, words: str) -> None:
    waiting = demo.ok("approve").out
    said = demo("approve", waiting.split()[0], text)
    assert said.code == 1
    assert words in said.line
    assert demo.ok("approve").out == waiting


@pytest.fixture
def waiting(app: Flask, records: Records, people: People) -> dict[str, int]:
    """A network and an exchange that wait, each with what waits with it, and a port between them."""
    with app.app_context():
        session = db.session()
        lock(session)
        names = ("net", "ix", "lan", "prefix", "port", "contact")
        ids = {name: next_id(session) for name in names}
        pending = {"status": "pending"}
        session.add(Network(id=ids["net"], organization_id=people.ours, asn=64509, name="New Net", **pending))
        session.add(Exchange(id=ids["ix"], organization_id=people.theirs, name="New IX", **pending))
        session.flush()
        session.add(PeeringLan(id=ids["lan"], exchange_id=ids["ix"], **pending))
        session.add(Contact(id=ids["contact"], network_id=ids["net"], role="NOC", email="noc@example.net", **pending))
        session.flush()
        session.add(Prefix(id=ids["prefix"], peering_lan_id=ids["lan"], prefix="203.0.113.0/24", protocol="IPv4", **pending))
        lan = {"exchange_id": ids["ix"], "peering_lan_id": ids["lan"]}
        session.add(ExchangePort(id=ids["port"], network_id=ids["net"], asn=64509, ipaddr4="203.0.113.9", **lan, **pending))
        session.commit()
        return ids


MODELS: dict[str, Any] = {"net": Network, "ix": Exchange, "lan": PeeringLan, "prefix": Prefix, "port": ExchangePort, "contact": Contact}


def live(ids: dict[str, int]) -> set[str]:
    db.session.expire_all()
    return {name for name, model in MODELS.items() if db.session.get_one(model, ids[name]).status == "ok"}


def approve(name: str, identity: int) -> None:
    approvals.approve(db.session(), COMMAND_LINE, f"{name}:{identity}")
    db.session.commit()


def test_children_go_live_with_their_parent_and_a_port_with_the_second_of_its_two(app: Flask, waiting: dict[str, int]) -> None:
    with app.app_context():
        approve("net", waiting["net"])
        assert live(waiting) == {"net", "contact"}
        approve("ix", waiting["ix"])
        assert live(waiting) == set(MODELS)
        assert db.session.get_one(Exchange, waiting["ix"]).net_count == 1
        row = db.session.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(1)).one()
        assert (row.event, row.subject_name) == ("record.approved", "New IX")


def test_the_port_waits_for_its_network_too(app: Flask, waiting: dict[str, int]) -> None:
    with app.app_context():
        approve("ix", waiting["ix"])
        assert live(waiting) == {"ix", "lan", "prefix"}
        approve("net", waiting["net"])
        assert live(waiting) == set(MODELS)


def test_only_an_operator_approves(app: Flask, people: People, waiting: dict[str, int]) -> None:
    with app.app_context():
        text = f"net:{waiting['net']}"
        for name in ("alice", "charlie", "dave"):
            with pytest.raises(Forbidden):
                approvals.approve(db.session(), people.principal(name), text)
            with pytest.raises(Forbidden):
                approvals.waiting(db.session(), people.principal(name))
        assert approvals.approve(db.session(), people.principal("olga"), text).name == "New Net"


def test_what_doesnt_wait_is_refused(app: Flask, records: Records, waiting: dict[str, int]) -> None:
    with app.app_context():
        session = db.session()
        with pytest.raises(Conflict, match="approved already"):
            approvals.approve(session, COMMAND_LINE, f"net:{records['net']}")
        with pytest.raises(NotFound):
            approvals.approve(session, COMMAND_LINE, f"net:{records['gone']}")
        with pytest.raises(Invalid):
            approvals.approve(session, COMMAND_LINE, f"poc:{records['net Public']}")


def test_nothing_of_a_deleted_organization_goes_live(app: Flask, people: People, waiting: dict[str, int]) -> None:
    with app.app_context():
        session = db.session()
        lock(session)
        session.get_one(Organization, people.ours).status = "deleted"
        session.commit()
        with pytest.raises(Conflict, match="was deleted"):
            approvals.approve(session, COMMAND_LINE, f"net:{waiting['net']}")


def test_what_is_refused_is_deleted_with_what_waits_with_it(app: Flask, people: People, waiting: dict[str, int]) -> None:
    with app.app_context():
        session = db.session()
        text = f"net:{waiting['net']}"
        with pytest.raises(Forbidden):
            refusals.refuse(session, people.principal("alice"), text, "No.")
        with pytest.raises(Invalid):
            refusals.refuse(session, COMMAND_LINE, text, " \n")
        refusals.refuse(session, COMMAND_LINE, text, "AS64509 is another's.")
        session.commit()
        assert {name for name, model in MODELS.items() if session.get_one(model, waiting[name]).status == "deleted"} == {
            "net",
            "port",
            "contact",
        }
        assert session.get_one(Contact, waiting["contact"]).email == ""
        row = session.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(1)).one()
        assert (row.event, row.subject_name, row.details) == ("record.refused", "AS64509 New Net", {"reason": "AS64509 is another's."})
        mails = session.scalars(select(Mail)).all()
        assert mails
        assert all(mail.subject == "AS64509 New Net wasn't approved" and "another's" in mail.text for mail in mails)
        with pytest.raises(NotFound):
            refusals.refuse(session, COMMAND_LINE, text, "Twice.")


def test_the_command_line_refuses_and_keeps(demo: CommandLine) -> None:
    first, *_ = demo.ok("approve").out.splitlines()
    assert "is refused" in demo.ok("refuse", first.split()[0], "--reason", "Not yours").out
    assert first.split()[0] not in demo.ok("approve").out
    assert demo("refuse", first.split()[0], "--reason", "again").code == 1
    assert "isn't a record" in demo("records", "keep", "AS64500").line
    network = next(line.split()[0] for line in demo.ok("approve").out.splitlines() if line.startswith("net:"))
    assert "was created here" in demo("records", "follow", network, "--dry-run").line
    assert "is kept here already" in demo.ok("records", "keep", network).out
    assert "Nothing differs" in demo.ok("records", "differences").err
