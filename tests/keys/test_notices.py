"""Who is told what happens to keys: all admins and the notify address that agreed, once each, and nobody else."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.access.permissions import Role
from portal.access.principal import COMMAND_LINE, Principal
from portal.api_keys.lifecycle.bulk import Act, stop_several
from portal.api_keys.lifecycle.leak import Way, report
from portal.api_keys.lifecycle.rotate import Overlap, rotate
from portal.api_keys.lifecycle.stop import revoke
from portal.api_keys.notices.notices import token_came_back
from portal.api_keys.policy import read_policy, set_policy
from portal.api_keys.token import read_token
from portal.db.session import begin_writing, lock, now
from portal.extensions import db
from portal.models import ApiKey, ApiKeyToken, Mail, Membership, NotifyAddress, Person
from portal.registry.organizations import Organization
from tests.people import DIGEST, People, Robot

MakeRobot = Callable[..., Robot]
CREATED = 'API key "robot" of Example Org was created'
FINDER = Principal(name="Leak report", address="203.0.113.9")


def mails_of(app: Flask, event: str) -> list[Mail]:
    with app.app_context():
        return list(db.session.scalars(select(Mail).where(Mail.event.startswith(event)).order_by(Mail.about, Mail.event, Mail.recipient)))


def readers(mails: Sequence[Mail]) -> list[str]:
    return [mail.recipient for mail in mails]


def add_admin(app: Flask, people: People, email: str) -> None:
    with app.app_context():
        lock(db.session())
        person = Person(email=email, name="Frank", password_digest=DIGEST)
        db.session.add(person)
        db.session.flush()
        db.session.add(Membership(organization_id=people.ours, person_id=person.id, role=Role.ADMIN))
        db.session.commit()


def agree(app: Flask, people: People, email: str) -> None:
    with app.app_context():
        begin_writing(db.session())
        where = (NotifyAddress.organization_id == people.ours, NotifyAddress.email == "noc@example.net")
        db.session.execute(update(NotifyAddress).where(*where).values(email=email, confirmed_at=now()))
        db.session.commit()


def newest(key_id: str) -> str:
    where = (ApiKeyToken.api_key_id == key_id, ApiKeyToken.retires_at.is_(None))
    return db.session.scalars(select(ApiKeyToken.token_id).where(*where)).one()


def test_all_admins_are_told_of_a_new_key_and_nobody_else(app: Flask, people: People, robot: MakeRobot) -> None:
    add_admin(app, people, "frank@example.net")
    key = robot("networks:read", "contacts:read")
    mails = mails_of(app, "api_key.issued")
    assert readers(mails) == ["alice@example.net", "frank@example.net"]  # noc@example.net hasn't agreed yet
    assert {mail.subject for mail in mails} == {CREATED}
    page = f"{{PORTAL_PUBLIC_URL}}/organizations/{people.ours}/keys/{key.key_id}"
    assert f'Alice created the API key "robot" of Example Org on {now():%-d %B %Y}' in mails[0].text
    assert "Reads networks and contacts" in mails[0].text
    assert f"revoke it now:\n{page}/revoke" in mails[0].text


def test_a_notify_address_that_agreed_is_told_too(app: Flask, people: People, robot: MakeRobot) -> None:
    robot("networks:read", name="first")
    agree(app, people, "noc@example.net")
    key = robot("networks:read", name="second")
    assert readers([mail for mail in mails_of(app, "api_key.issued") if mail.about == key.key_id]) == [
        "alice@example.net",
        "noc@example.net",
    ]


def test_another_organizations_agreement_is_not_ours(app: Flask, people: People, robot: MakeRobot) -> None:
    robot("networks:read", name="ours")
    agree(app, people, "noc@example.net")
    robot("networks:read", charlie=True)
    assert sorted(readers(mails_of(app, "api_key.issued"))) == ["alice@example.net", "charlie@example.net"]


def test_one_address_gets_one_mail_however_it_is_written(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    agree(app, people, "Alice@example.net")
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(NotifyAddress).values(email="noc@example.net"))
        db.session.execute(update(Person).where(Person.email == "alice@example.net").values(email="NOC@example.net"))
        token_came_back(db.session(), key.key_id, "abcdefghijkl", "192.0.2.7")
        db.session.commit()
    assert len(mails_of(app, "api_key.token_came_back")) == 1


def test_rotating_tells_when_the_old_token_ends(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    old = key.token[6:18]
    with app.app_context():
        for overlap in (Overlap.WEEK, Overlap.NOW):
            seen = newest(key.key_id)
            rotate(db.session(), people.principal("alice"), people.ours, key.key_id, seen=seen, overlap=overlap)
        db.session.commit()
    mails = mails_of(app, "api_key.rotated")
    assert readers(mails) == ["alice@example.net"] * 2
    assert all(f"the old one with pport_{old}" in mail.text for mail in mails)  # the one between was never used
    said = [next(line for line in mail.text.splitlines() if "new token begins" in line) for mail in mails]
    assert sorted("ends 7 days after the new one is first used" in line for line in said) == [False, True]
    assert sorted("The old one has ended." in line for line in said) == [False, True]


def test_revoking_tells_by_whom_and_why(app: Flask, people: People, robot: MakeRobot) -> None:
    keys = [robot("networks:read", name=name) for name in ("first", "second")]
    with app.app_context():
        revoke(db.session(), people.principal("alice"), people.ours, keys[0].key_id, reason="no\nlonger needed")
        revoke(db.session(), COMMAND_LINE, people.ours, keys[1].key_id)
        db.session.commit()
    texts = {mail.about: mail.text for mail in mails_of(app, "api_key.revoked")}
    assert 'Alice revoked the API key "first"' in texts[keys[0].key_id]
    assert "The reason that was given: no longer needed" in texts[keys[0].key_id]
    assert 'The portal\'s operator revoked the API key "second"' in texts[keys[1].key_id]
    assert "reason" not in texts[keys[1].key_id]


def test_several_keys_that_are_revoked_at_once_are_one_mail(app: Flask, people: People, robot: MakeRobot) -> None:
    keys = [robot("networks:read", name=name) for name in ("first", "second", "third")]
    agree(app, people, "noc@example.net")
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(ApiKey).where(ApiKey.id == keys[2].key_id).values(notify_email="alice@example.net"))
        db.session.commit()
        ids = [key.key_id for key in keys]
        stop_several(db.session(), people.principal("alice"), people.ours, ids, Act.REVOKE, reason="moved house")
        db.session.commit()
    mails = {mail.recipient: mail for mail in mails_of(app, "api_key.revoked")}
    assert {reader: mail.subject for reader, mail in mails.items()} == {
        "alice@example.net": "3 API keys of Example Org were revoked",
        "noc@example.net": "2 API keys of Example Org were revoked",
    }
    assert "third" in mails["alice@example.net"].text
    assert "third" not in mails["noc@example.net"].text  # it names somebody else
    assert "The reason that was given: moved house" in mails["noc@example.net"].text


def test_one_key_that_is_chosen_alone_is_a_mail_about_that_key(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        for act in (Act.DISABLE, Act.ENABLE, Act.REVOKE, Act.REVOKE):
            stop_several(db.session(), people.principal("alice"), people.ours, [key.key_id], act)
        db.session.commit()
    assert [(mail.about, mail.subject) for mail in mails_of(app, "api_key.revoked")] == [
        (key.key_id, 'API key "robot" of Example Org was revoked')
    ]


def test_each_leaked_token_is_told_once(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        _, second = rotate(db.session(), people.principal("alice"), people.ours, key.key_id, seen=newest(key.key_id))
        db.session.commit()
        first = read_token(key.token)
        assert first
        for tokens in ([first], [first, second], [second]):
            report(db.session(), FINDER, tokens, Way.API)
            db.session.commit()
    texts = {mail.event.partition(" ")[2]: mail.text for mail in mails_of(app, "api_key.leaked")}
    assert texts.keys() == {first.token_id, second.token_id}
    assert "from the address 203.0.113.9" in texts[first.token_id]
    assert "The key's newer token isn't touched." in texts[first.token_id]
    assert f"/keys/{key.key_id}/rotate" in texts[second.token_id]
    assert all(token.secret not in text for token in (first, second) for text in texts.values())


def test_a_leaked_token_of_a_revoked_key_needs_nothing_more(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    token = read_token(key.token)
    assert token
    with app.app_context():
        revoke(db.session(), people.principal("alice"), people.ours, key.key_id)
        db.session.commit()
        report(db.session(), FINDER, [token], Way.PAGE)
        db.session.commit()
    assert "Its key was revoked already." in mails_of(app, "api_key.leaked")[0].text


def test_a_retired_token_that_comes_back_is_told_once(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        for address in ("192.0.2.7", "192.0.2.8"):
            begin_writing(db.session())
            token_came_back(db.session(), key.key_id, key.token[6:18], address)
            token_came_back(db.session(), "key_gone", "abcdefghijkl", address)
            db.session.commit()
    (mail,) = mails_of(app, "api_key.token_came_back")
    assert (mail.recipient, mail.about) == ("alice@example.net", key.key_id)
    assert "from the address 192.0.2.7" in mail.text


def test_a_changed_policy_is_told_to_admins_in_sentences(app: Flask, people: People) -> None:
    with app.app_context():
        alice, policy = people.principal("alice"), read_policy(db.session(), people.ours)
        stricter = replace(
            policy, longest_days=90, never_allowed=True, addresses_required=True, self_rotation_allowed=False, unused_days=None
        )
        policy = set_policy(db.session(), alice, people.ours, stricter, seen=policy.changed)
        db.session.commit()
        set_policy(db.session(), alice, people.ours, replace(policy, unused_days=30), seen=policy.changed)
        db.session.commit()
    first, second = sorted(mails_of(app, "policy.changed"), key=lambda mail: mail.id)
    assert (first.recipient, second.recipient) == ("alice@example.net", "alice@example.net")
    assert "Alice changed the policy for API keys of Example Org." in first.text
    assert [line for line in first.text.splitlines() if line.startswith("- ")] == [
        "- An API key expires at most 90 days after its expiry is set.",
        "- API keys that never expire are allowed.",
        "- Every API key must list the addresses it works from.",
        "- API keys with the permission keys:rotate_self can't rotate themselves.",
        "- Unused keys aren't reported.",
    ]
    assert "- Keys unused for 30 days are reported to you." in second.text


def test_a_rule_that_fails_tells_nobody(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:read")
    before = len(mails_of(app, ""))
    with app.app_context(), pytest.raises(Exception, match="role admin"):
        revoke(db.session(), people.principal("bob"), people.ours, key.key_id)
    assert len(mails_of(app, "")) == before


def test_names_change_no_line_of_a_mail(app: Flask, people: People, robot: MakeRobot) -> None:
    with app.app_context():
        lock(db.session())
        db.session.get_one(Organization, people.ours).name = "Evil\r\nBcc: everybody@example.net\n\nBuy this"
        db.session.commit()
    robot("networks:read")
    mail = mails_of(app, "api_key.issued")[0]
    assert "\n" not in mail.subject
    assert "\nBcc" not in mail.text
