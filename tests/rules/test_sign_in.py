"""Signing in: sessions as rows, attempts counted, nothing said of who has an account."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import bcrypt
import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal.access.principal import ANONYMOUS, Principal
from portal.accounts import change_password, confirm, sign_in, sign_out, sign_out_others
from portal.accounts.attempts import MAX_FAILURES_BY_ADDRESS, MAX_FAILURES_BY_EMAIL, WINDOW
from portal.accounts.sessions import session_digest, sessions_of
from portal.db.session import begin_writing, now
from portal.errors import Invalid, Limited, NotFound, PortalError, Unavailable
from portal.extensions import db
from portal.models import AuditRow, FailedSignIn, Person, PersonSession
from tests.people import PASSWORD, People

ALICE = "alice@example.net"
NEW = "a brand new password"


def somewhere(address: str = "192.0.2.1") -> Principal:
    return replace(ANONYMOUS, address=address, user_agent="Browser/1.0")


def enter(email: str = ALICE, password: str = PASSWORD, address: str = "192.0.2.1", browser: str | None = None) -> str:
    """Signs in and commits, as the page does; the session's id."""
    welcome = sign_in(db.session(), somewhere(address), email, password, known_browser=browser)
    db.session.commit()
    return welcome.session_id


def fail(times: int, email: str = ALICE, address: str = "192.0.2.1", browser: str | None = None) -> None:
    for _ in range(times):
        with pytest.raises(Invalid):
            enter(email, "wrong password", address, browser)


def failures() -> int:
    return db.session.scalar(select(func.count()).select_from(FailedSignIn)) or 0


def test_the_row_of_a_session_knows_only_a_digest_of_its_id(app: Flask, people: People) -> None:
    with app.app_context():
        session_id = enter("  Alice@Example.NET ")
        row = db.session.scalars(select(PersonSession)).one()
        assert (row.digest, row.person_id) == (session_digest(session_id), people.ids["alice"])
        assert session_id not in repr(vars(row))
        assert (row.address, row.user_agent) == ("192.0.2.1", "Browser/1.0")
        assert row.confirmed_at is not None


def test_an_unknown_account_and_a_wrong_password_are_answered_alike(app: Flask, people: People) -> None:
    with app.app_context():
        said: list[tuple[str, str | None]] = []
        for email in (ALICE, "nobody@example.net"):
            with pytest.raises(Invalid) as refusal:
                enter(email, "wrong password", address=f"192.0.2.{len(said)}")
            said.append((refusal.value.message, refusal.value.field))
            assert failures() == 2 * len(said)
        assert said[0] == said[1]


def test_bcrypt_works_for_unknown_accounts_too_and_holds_no_transaction(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    real = bcrypt.checkpw

    def watch(password: bytes, digest: bytes) -> bool:
        seen.append(db.session().in_transaction())
        return real(password, digest)

    monkeypatch.setattr(bcrypt, "checkpw", watch)
    with app.app_context():
        enter()
        with pytest.raises(Invalid):
            enter("nobody@example.net")
    assert seen == [False, False]


def test_only_failures_are_counted(app: Flask, people: People) -> None:
    with app.app_context():
        for _ in range(MAX_FAILURES_BY_EMAIL + 2):
            enter()
        assert failures() == 0


def test_the_tenth_failure_for_an_e_mail_is_the_last_for_a_quarter_of_an_hour(app: Flask, people: People) -> None:
    with app.app_context():
        fail(MAX_FAILURES_BY_EMAIL)
        for address in ("192.0.2.1", "198.51.100.7"):
            with pytest.raises(Limited, match="15 minutes") as refusal:
                enter(address=address)
            assert 0 < refusal.value.retry_after <= WINDOW.total_seconds()
        assert failures() == 2 * MAX_FAILURES_BY_EMAIL, "who is refused isn't counted again, so nobody is shut out for ever"
        enter("bob@example.net")
        age_failures()
        enter()


def age_failures() -> None:
    begin_writing(db.session())
    db.session.execute(update(FailedSignIn).values(at=now() - WINDOW))
    db.session.commit()


def test_a_browser_that_signed_in_before_is_not_shut_out_by_strangers(app: Flask, people: People) -> None:
    """Trap 16: one wrong secret for a known id makes the right one fail; bad ones from an address shut out every good one behind it."""
    with app.app_context():
        fail(MAX_FAILURES_BY_EMAIL)
        enter(browser="a browser of Alice's")
        fail(MAX_FAILURES_BY_EMAIL, browser="a browser of Alice's")
        with pytest.raises(Limited):
            enter(browser="a browser of Alice's")
        enter(browser="another browser of Alice's")


def test_an_address_has_fifty_failures_whomever_it_names(app: Flask, people: People) -> None:
    with app.app_context():
        names = sorted(people.ids)
        for number in range(MAX_FAILURES_BY_ADDRESS):
            fail(1, f"{names[number % len(names)]}@example.net", address=f"2001:db8:0:1::{number:x}")
        with pytest.raises(Limited):
            enter(address="2001:db8:0:1:ffff::1")
        enter(address="2001:db8:0:2::1")


def test_thirty_guesses_at_once_get_no_further_than_ten(app: Flask, people: People) -> None:
    outcomes: list[type[PortalError]] = []
    barrier = Barrier(30)

    def guess() -> None:
        with app.app_context():
            barrier.wait()
            outcome: type[PortalError] = Unavailable
            while outcome is Unavailable:  # which a guesser only waits out
                try:
                    enter(password="wrong password")
                except PortalError as error:
                    outcome = type(error)
            outcomes.append(outcome)

    threads = [Thread(target=guess) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count(Invalid), outcomes.count(Limited)) == (10, 20)


def test_a_password_over_72_bytes_is_refused_in_words_whoever_it_is_for(app: Flask, people: People) -> None:
    with app.app_context():
        for email in (ALICE, "nobody@example.net"):
            with pytest.raises(Invalid, match="73 bytes") as refusal:
                enter(email, "x" * 73)
            assert refusal.value.field == "password"
        assert failures() == 0


def test_lapsed_sessions_are_cleared_away(app: Flask, people: People) -> None:
    with app.app_context():
        enter("bob@example.net")
        age_sessions(last_seen=now() - timedelta(hours=13))
        enter("erin@example.net")
        age_sessions(created=now() - timedelta(days=15))
        enter()
        assert [row.person_id for row in db.session.scalars(select(PersonSession))] == [people.ids["alice"]]


def age_sessions(**values: Any) -> None:
    begin_writing(db.session())
    db.session.execute(update(PersonSession).values(**values))
    db.session.commit()


def test_confirming_has_its_own_time_and_its_own_count(app: Flask, people: People) -> None:
    with app.app_context():
        digest, alice = session_digest(enter()), people.principal("alice")
        age_sessions(confirmed_at=now() - timedelta(hours=2))
        fail(MAX_FAILURES_BY_EMAIL)
        with pytest.raises(Invalid) as refusal:
            confirm(db.session(), alice, digest, "wrong password")
        assert refusal.value.field == "password"
        confirm(db.session(), alice, digest, PASSWORD)
        db.session.commit()
        row = db.session.scalars(select(PersonSession)).one()
        assert row.confirmed_at is not None
        assert now() - row.confirmed_at < timedelta(minutes=1)


def test_a_deleted_person_confirms_nothing(app: Flask, people: People) -> None:
    with app.app_context():
        gone = replace(people.principal("alice"), id="987654321")
        with pytest.raises(NotFound):
            confirm(db.session(), gone, "no session", PASSWORD)


def test_guessing_at_the_confirmation_ends(app: Flask, people: People) -> None:
    with app.app_context():
        digest = session_digest(enter())
        for refusal in [Invalid] * 10 + [Limited] * 2:
            with pytest.raises(refusal):
                confirm(db.session(), people.principal("alice"), digest, "wrong password")
        with pytest.raises(Limited):
            confirm(db.session(), people.principal("alice"), digest, PASSWORD)


def test_a_changed_password_ends_all_other_sessions(app: Flask, people: People) -> None:
    with app.app_context():
        current, elsewhere = session_digest(enter()), enter()
        bobs = enter("bob@example.net")
        change_password(db.session(), people.principal("alice"), current, PASSWORD, NEW)
        db.session.commit()
        left = set(db.session.scalars(select(PersonSession.digest)))
        assert left == {current, session_digest(bobs)}
        assert session_digest(elsewhere) not in left
        row = db.session.scalars(select(AuditRow)).one()
        assert (row.event, row.actor_name, row.details) == ("person.password_changed", "Alice", {})
        fail(1)
        enter(password=NEW)


@pytest.mark.parametrize(
    ("current", "new", "field"), [("wrong password", NEW, "current"), (PASSWORD, "short", "new"), (PASSWORD, PASSWORD, "new")]
)
def test_a_password_is_changed_only_to_a_good_one_by_who_knows_the_present_one(
    app: Flask, people: People, current: str, new: str, field: str
) -> None:
    with app.app_context():
        digest = session_digest(enter())
        with pytest.raises(Invalid) as refusal:
            change_password(db.session(), people.principal("alice"), digest, current, new)
        assert refusal.value.field == field
        db.session.rollback()
        enter()


def test_signing_out_ends_the_row(app: Flask, people: People) -> None:
    with app.app_context():
        first, second, third = enter(), enter(), enter()
        sign_out(db.session(), session_digest(first))
        db.session.commit()
        assert len(sessions_of(db.session(), people.principal("alice"))) == 2
        sign_out_others(db.session(), people.principal("alice"), session_digest(second))
        db.session.commit()
        assert [row.digest for row in sessions_of(db.session(), people.principal("alice"))] == [session_digest(second)]
        assert third != second


def test_a_password_that_changes_while_it_is_checked_signs_nobody_in(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[[bytes, bytes], bool] = bcrypt.checkpw

    def change_meanwhile(password: bytes, digest: bytes) -> bool:
        with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
            connection.execute(update(Person).where(Person.email == ALICE).values(password_digest="changed"))
        return real(password, digest)

    monkeypatch.setattr(bcrypt, "checkpw", change_meanwhile)
    with app.app_context(), pytest.raises(Invalid):
        enter()
