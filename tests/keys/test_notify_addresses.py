"""Notify addresses: nothing is sent to one that hasn't agreed, but the question, and that seldom."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from sqlalchemy import select, update

from portal.access.permissions import GRANTABLE, Permission
from portal.access.principal import Kind, Principal
from portal.access.require import ConfirmationNeeded
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.lifecycle.edit import edit
from portal.api_keys.notices.notify_addresses import (
    MAX_MAILS_OF_ORGANIZATION,
    MAX_MAILS_TO_ADDRESS,
    SALT,
    ask_again,
    confirm,
    fingerprint_of,
    read_link,
    sign,
)
from portal.db.session import begin_writing, now
from portal.errors import Conflict, Forbidden, Limited, NotFound, PortalError
from portal.extensions import db, settings
from portal.models import ApiKey, AuditRow, Mail, NotifyAddress
from portal.registry.organizations import Organization
from tests.people import People, Robot

MakeRobot = Callable[..., Robot]
NOC = "noc@example.net"
READER = Principal(name="Notify address", address="192.0.2.9")
LINK = re.compile(r"^\{PORTAL_PUBLIC_URL\}/notify-addresses/(\S+)$", re.M)


def confirmation_mails(app: Flask) -> list[Mail]:
    with app.app_context():
        return list(db.session.scalars(select(Mail).where(Mail.event.startswith("notify_address.confirm")).order_by(Mail.id)))


def link_in(mail: Mail) -> str:
    match = LINK.search(mail.text)
    assert match, mail.text
    return match[1]


def pass_time(app: Flask, **how_much: float) -> None:
    """As if what was asked had been asked that long ago."""
    with app.app_context():
        begin_writing(db.session())
        for mail in db.session.scalars(select(Mail).where(Mail.event.startswith("notify_address.confirm"))):
            mail.created -= timedelta(**how_much)
            mail.event = f"notify_address.confirm {mail.created:%Y-%m-%dT%H:%M:%SZ}"
        db.session.commit()


def ask(app: Flask, people: People, key: Robot, name: str = "alice") -> str:
    with app.app_context():
        email = ask_again(db.session(), people.principal(name), people.ours, key.key_id)
        db.session.commit()
        return email


def agreed(app: Flask) -> list[tuple[int, str]]:
    with app.app_context():
        query = select(NotifyAddress).where(NotifyAddress.confirmed_at.is_not(None)).order_by(NotifyAddress.organization_id)
        return [(address.organization_id, address.email) for address in db.session.scalars(query)]


def test_an_address_that_a_key_names_is_asked_once(app: Flask, people: People, robot: MakeRobot) -> None:
    robot("networks:read", name="first")
    robot("networks:read", name="second")
    (mail,) = confirmation_mails(app)
    assert (mail.recipient, mail.organization_id) == (NOC, people.ours)
    assert "Example Org has named this address for e-mails about its API keys" in mail.text


def test_nothing_that_a_member_can_make_up_is_written_to_a_stranger(app: Flask, robot: MakeRobot) -> None:
    robot("networks:read", name="Visit evil.example")
    (mail,) = confirmation_mails(app)
    assert "evil" not in mail.subject + mail.text
    assert "Alice" not in mail.subject + mail.text


def test_whoever_has_the_link_confirms_and_the_audit_says_so_without_the_address(app: Flask, people: People, robot: MakeRobot) -> None:
    robot("networks:read")
    value = link_in(confirmation_mails(app)[0])
    assert "noc" not in value
    with app.app_context():
        for _ in range(2):
            confirm(db.session(), READER, value)
            db.session.commit()
        (row,) = db.session.scalars(select(AuditRow).where(AuditRow.event == "notify_address.confirmed"))
        assert (row.organization_id, row.actor_name, row.address, row.subject_name) == (
            people.ours,
            "Notify address",
            "192.0.2.9",
            "Example Org",
        )
        assert NOC not in repr((row.details, row.subject_id))
    assert agreed(app) == [(people.ours, NOC)]
    robot("networks:read", name="another")
    assert len(confirmation_mails(app)) == 1


def test_agreeing_for_one_organization_agrees_for_no_other(app: Flask, people: People, robot: MakeRobot) -> None:
    robot("networks:read", charlie=True)
    robot("networks:read")
    pass_time(app, hours=2)
    robot("networks:read", name="second")
    by_organization = {mail.organization_id: mail for mail in confirmation_mails(app)}
    with app.app_context():
        confirm(db.session(), READER, link_in(by_organization[people.theirs]))
        db.session.commit()
    assert agreed(app) == [(people.theirs, NOC)]


@pytest.mark.parametrize("bad", ["", "x", "a.b.c", "É", "." * 500])
def test_a_link_that_nobody_signed_is_nothing(app: Flask, robot: MakeRobot, bad: str) -> None:
    robot("networks:read")
    with app.app_context(), pytest.raises(NotFound, match="This link is wrong"):
        read_link(db.session(), bad)


def test_links_of_others_unknown_and_deleted_ones_are_told_alike(app: Flask, people: People, robot: MakeRobot) -> None:
    robot("networks:read")
    with app.app_context():
        for value in (
            sign(db.session(), people.theirs, NOC),
            sign(db.session(), people.ours, "other@example.net"),
            sign(db.session(), 987654321, NOC),
        ):
            with pytest.raises(NotFound, match="This link is wrong or has expired"):
                confirm(db.session(), READER, value)
        value = sign(db.session(), people.ours, NOC)
        begin_writing(db.session())
        db.session.execute(update(Organization).values(status="deleted"))
        db.session.commit()
        with pytest.raises(NotFound, match="This link is wrong or has expired"):
            confirm(db.session(), READER, value)


def test_a_link_works_for_a_week(app: Flask, people: People, robot: MakeRobot) -> None:
    robot("networks:read")
    for days, works in ((6, True), (8, False)):
        with app.app_context():
            old = URLSafeTimedSerializer(settings().secret_key, salt=SALT, signer=signing_days_ago(days))
            value = str(old.dumps([people.ours, fingerprint_of(NOC)]))
            if works:
                assert read_link(db.session(), value)[0].email == NOC
            else:
                with pytest.raises(NotFound, match="This link is wrong or has expired"):
                    read_link(db.session(), value)


def signing_days_ago(days: int) -> type[TimestampSigner]:
    class Earlier(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() - days * 86400

    return Earlier


def test_a_key_that_names_another_address_asks_that_one(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        stored = db.session.get_one(ApiKey, key.key_id)
        day = stored.expires_at and stored.expires_at.date()
        for email in ("new@example.net", "new@example.net"):
            seen = db.session.get_one(ApiKey, key.key_id).changed
            draft = Draft("robot", email, day, grants={Permission.NETWORKS_READ: None})
            edit(db.session(), people.principal("alice"), people.ours, key.key_id, draft, seen=seen)
            db.session.commit()
    assert [mail.recipient for mail in confirmation_mails(app)] == [NOC, "new@example.net"]


def test_an_admin_asks_again_not_more_than_once_an_hour_and_some_times_a_day(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    for number in range(2, MAX_MAILS_TO_ADDRESS + 1):
        with pytest.raises(Limited) as limited:
            ask(app, people, key)
        assert 0 < limited.value.retry_after <= 3600
        pass_time(app, hours=1, seconds=1)
        assert ask(app, people, key) == NOC
        assert len(confirmation_mails(app)) == number
    pass_time(app, hours=2)
    with pytest.raises(Limited) as limited:
        ask(app, people, key)
    assert limited.value.retry_after > 3600
    pass_time(app, days=1)
    assert ask(app, people, key) == NOC


def test_an_address_is_not_asked_more_often_by_several_organizations(app: Flask, robot: MakeRobot) -> None:
    robot("networks:read")
    robot("networks:read", charlie=True)
    assert len(confirmation_mails(app)) == 1


def test_writing_an_address_otherwise_asks_it_no_sooner(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(ApiKey).values(notify_email="NOC@example.net"))
        db.session.commit()
    with pytest.raises(Limited):
        ask(app, people, key)


def test_an_organization_cannot_write_to_many_strangers(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    for number in range(MAX_MAILS_OF_ORGANIZATION + 5):
        with app.app_context():
            begin_writing(db.session())
            db.session.execute(update(ApiKey).where(ApiKey.id == key.key_id).values(notify_email=f"stranger{number}@example.net"))
            db.session.commit()
        if number < MAX_MAILS_OF_ORGANIZATION - 1:
            ask(app, people, key)
        else:
            with pytest.raises(Limited):
                ask(app, people, key)
    assert len(confirmation_mails(app)) == MAX_MAILS_OF_ORGANIZATION
    robot("networks:read", name="issued all the same")
    assert len(confirmation_mails(app)) == MAX_MAILS_OF_ORGANIZATION


def test_who_has_agreed_is_not_asked_again(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        confirm(db.session(), READER, link_in(confirmation_mails(app)[0]))
        db.session.commit()
    pass_time(app, days=2)
    with pytest.raises(Conflict):
        ask(app, people, key)


@pytest.mark.parametrize(("name", "refusal"), [("erin", Forbidden), ("bob", Forbidden), ("charlie", NotFound), ("dave", NotFound)])
def test_only_an_admin_asks_again(app: Flask, people: People, robot: MakeRobot, name: str, refusal: type[PortalError]) -> None:
    key = robot("networks:read")
    pass_time(app, days=2)
    with pytest.raises(refusal):
        ask(app, people, key, name)
    assert len(confirmation_mails(app)) == 1


def test_an_admin_confirms_who_they_are_and_names_a_key_of_their_own(app: Flask, people: People, robot: MakeRobot) -> None:
    key, theirs = robot("networks:read"), robot("networks:read", charlie=True)
    caller: dict[str, Any] = {"grants": dict.fromkeys(GRANTABLE), "organization_id": people.ours, "confirmed_at": now()}
    with app.app_context():
        with pytest.raises(ConfirmationNeeded):
            ask_again(db.session(), people.principal("alice", confirmed=False), people.ours, key.key_id)
        with pytest.raises(NotFound):
            ask_again(db.session(), people.principal("alice"), people.ours, theirs.key_id)
        with pytest.raises(Forbidden):
            ask_again(db.session(), Principal(Kind.KEY, key.key_id, "robot", **caller), people.ours, key.key_id)
