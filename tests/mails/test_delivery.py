"""Sending what waits: by a real SMTP conversation, by one sender alone, again where it failed, and never for ever."""

import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.db.session import begin_writing, now
from portal.extensions import db
from portal.mails.delivery import RETRY_PAUSES, Tally, claim, deliver
from portal.mails.outbox import put
from portal.mails.transport import SmtpServer, Transport
from portal.models import Mail
from tests.people import People
from tests.smtp import CERTIFICATE, PASSWORD, USER, Postbox, Silent, answering, certified

Waiting = Callable[..., None]
INSECURE = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture
def waiting(app: Flask, people: People) -> Waiting:
    """`waiting("alice@example.net", …)`: mails that were put."""

    def make(*recipients: str, event: str = "test", text: str = "Good day.\n") -> None:
        with app.app_context():
            begin_writing(db.session())
            for recipient in recipients:
                put(
                    db.session(),
                    event=event,
                    about="key_1",
                    organization_id=people.ours,
                    recipients=[recipient],
                    subject="Hello",
                    text=text,
                )
            db.session.commit()

    return make


def sent_by(app: Flask, post: Transport) -> Tally:
    with app.app_context():
        return deliver(db.engine, post)


def rows(app: Flask) -> list[Mail]:
    with app.app_context():
        return list(db.session.scalars(select(Mail).order_by(Mail.id)))


def make_due(app: Flask, **values: Any) -> None:
    """As if the time had come."""
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(Mail).where(Mail.sent_at.is_(None)).values(next_attempt_at=now(), **values))
        db.session.commit()


def test_all_that_waits_is_sent_in_one_conversation(app: Flask, waiting: Waiting, postbox: Postbox) -> None:
    waiting("alice@example.net", "noc@example.net")
    assert sent_by(app, postbox.post()) == Tally(sent=2)
    assert postbox.envelopes == [
        ("peering-portal@portal.example.net", ["alice@example.net"]),
        ("peering-portal@portal.example.net", ["noc@example.net"]),
    ]
    assert [mail.get_content() for mail in postbox.mails] == ["Good day.\r\n"] * 2
    assert [(row.attempts, row.last_error, row.sent_at is not None, row.next_attempt_at) for row in rows(app)] == [(1, "", True, None)] * 2


def test_what_was_sent_is_not_sent_again(app: Flask, waiting: Waiting, postbox: Postbox) -> None:
    waiting("alice@example.net")
    assert [sent_by(app, postbox.post()).sent for _ in range(2)] == [1, 0]


def test_two_who_send_at_once_send_each_mail_once(app: Flask, waiting: Waiting, postbox: Postbox) -> None:
    recipients = [f"reader{number}@example.net" for number in range(20)]
    waiting(*recipients)
    together, tallies = Barrier(2), list[Tally]()

    def run() -> None:
        together.wait()
        tallies.append(sent_by(app, postbox.post()))

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(recipient for _, (recipient,) in postbox.envelopes) == sorted(recipients)
    assert sum(tally.sent for tally in tallies) == 20


def test_a_mail_is_claimed_by_one_of_many(app: Flask, waiting: Waiting) -> None:
    waiting("alice@example.net")
    together, claimed = Barrier(6), list[Mail | None]()

    def run() -> None:
        with app.app_context():
            together.wait()
            claimed.append(claim(db.engine))

    threads = [Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([mail for mail in claimed if mail]) == 1


def test_a_mail_whose_sender_was_killed_is_sent_some_minutes_later(app: Flask, waiting: Waiting, postbox: Postbox) -> None:
    waiting("alice@example.net")
    with app.app_context():
        assert claim(db.engine)  # and nothing more: it was killed
    assert sent_by(app, postbox.post()).sent == 0
    make_due(app)
    assert sent_by(app, postbox.post()).sent == 1


def test_a_passing_refusal_is_tried_again_later(app: Flask, waiting: Waiting, postbox: Postbox) -> None:
    waiting("alice@example.net", "noc@example.net")
    postbox.recipients["alice@example.net"] = "451 try again"
    assert sent_by(app, postbox.post()) == Tally(sent=1, failed=1)
    row = rows(app)[0]
    assert (row.attempts, row.last_error) == (1, "The recipient is refused: 451 try again")
    assert row.next_attempt_at
    assert row.next_attempt_at > now()
    postbox.recipients.clear()
    make_due(app)
    assert sent_by(app, postbox.post()) == Tally(sent=1)
    assert rows(app)[0].last_error == ""


@pytest.mark.parametrize(
    ("where", "answer", "said"),
    [
        ("recipients", "550 no such mailbox", "The recipient is refused: 550 no such mailbox"),
        ("datas", "554 we don't want it", "The e-mail is refused: 554 we don't want it"),
        ("recipients", "550 <alice@example.net>: unknown", "The recipient is refused: 550 <alice@example.net>: unknown"),
    ],
)
def test_a_final_refusal_is_given_up_at_once_and_stops_no_other_mail(
    app: Flask, waiting: Waiting, postbox: Postbox, caplog: pytest.LogCaptureFixture, where: str, answer: str, said: str
) -> None:
    waiting("alice@example.net", "noc@example.net")
    getattr(postbox, where)["alice@example.net"] = answer
    with caplog.at_level(logging.WARNING, "portal"):
        assert sent_by(app, postbox.post()) == Tally(sent=1, given_up=1)
    assert [(row.last_error, row.next_attempt_at, row.sent_at is None) for row in rows(app)] == [(said, None, True), ("", None, False)]
    assert said.replace("alice@example.net", "[hidden]") in caplog.text
    assert "alice@example.net" not in caplog.text  # a personal value
    assert sent_by(app, postbox.post()) == Tally()


def test_a_conversation_that_breaks_off_is_begun_anew_later(app: Flask, waiting: Waiting, postbox: Postbox) -> None:
    waiting("alice@example.net", "noc@example.net")
    postbox.datas["alice@example.net"] = "drop"
    assert sent_by(app, postbox.post()) == Tally(failed=1)
    assert rows(app)[0].last_error.startswith("The conversation broke off")
    assert [row.attempts for row in rows(app)] == [1, 0]
    assert sent_by(app, postbox.post()) == Tally(sent=1)  # the next round begins with a mail that wasn't tried


def test_a_server_that_closes_for_now_costs_one_attempt(app: Flask, waiting: Waiting, postbox: Postbox) -> None:
    waiting("alice@example.net", "noc@example.net")
    postbox.recipients["alice@example.net"] = "421 too many"
    assert sent_by(app, postbox.post()) == Tally(failed=1)
    assert rows(app)[0].last_error == "The server closes: 421 too many"


def test_a_sender_that_is_refused_is_named_and_tried_again(app: Flask, waiting: Waiting, postbox: Postbox) -> None:
    waiting("alice@example.net")
    postbox.senders = "553 not yours"
    assert sent_by(app, postbox.post()) == Tally(failed=1)
    assert rows(app)[0].last_error == "The sender peering-portal@portal.example.net is refused: 553 not yours"


def test_a_server_that_says_nothing_is_left_after_some_seconds(app: Flask, waiting: Waiting, silent: Silent) -> None:
    waiting("alice@example.net", "noc@example.net")
    assert sent_by(app, Postbox(silent.url).post(seconds=0.2)) == Tally(failed=1)
    assert rows(app)[0].last_error == "The server didn't answer within 0.2 seconds."
    assert len(silent.calls) == 1


def test_a_server_that_is_away_is_said_to_be(app: Flask, waiting: Waiting) -> None:
    waiting("alice@example.net")
    assert sent_by(app, Postbox("smtp+plain://127.0.0.1:1").post()) == Tally(failed=1)
    assert "Connection refused" in rows(app)[0].last_error


def test_attempts_end_after_some_days(app: Flask, waiting: Waiting, postbox: Postbox) -> None:
    waiting("alice@example.net")
    postbox.recipients["alice@example.net"] = "451 try again"
    assert timedelta(days=2.5) < sum(RETRY_PAUSES, timedelta()) < timedelta(days=3.5)
    for _ in RETRY_PAUSES:
        assert sent_by(app, postbox.post()) == Tally(failed=1)
        make_due(app)
    assert sent_by(app, postbox.post()) == Tally(given_up=1)
    assert (rows(app)[0].attempts, rows(app)[0].next_attempt_at) == (len(RETRY_PAUSES) + 1, None)


@INSECURE
def test_a_password_with_any_sign_is_understood_on_this_machine(app: Flask, waiting: Waiting) -> None:
    waiting("alice@example.net")
    box = Postbox()
    with answering("smtp", authenticator=box.authenticate, auth_require_tls=False, auth_required=True) as server:
        server.url = server.url.replace("//", f"//{USER}:{quote(PASSWORD, safe='')}@")
        assert sent_by(app, server.post()) == Tally(sent=1)
    assert box.users == [USER]


@INSECURE
def test_a_refused_login_is_mended_by_the_operator_and_shows_no_password(app: Flask, waiting: Waiting) -> None:
    waiting("alice@example.net")
    with answering("smtp", authenticator=Postbox().authenticate, auth_require_tls=False, auth_required=True) as server:
        server.url = server.url.replace("//", "//portal:wr0ng-word@")
        assert sent_by(app, server.post()) == Tally(failed=1)
        assert "wr0ng-word" not in repr(server.post())
    assert rows(app)[0].last_error == "The server refuses the user name or password of PORTAL_SMTP_URL (535)."


def test_a_server_that_lets_nobody_sign_in_is_told_no_password(app: Flask, waiting: Waiting) -> None:
    waiting("alice@example.net")
    with answering("smtp") as server:
        server.url = server.url.replace("//", "//portal:word@")
        assert sent_by(app, server.post()) == Tally(failed=1)
    assert rows(app)[0].last_error.startswith("The server lets no one sign in here.")


def test_mails_and_passwords_to_other_machines_are_encrypted(app: Flask, waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    waiting("alice@example.net")
    box = Postbox()
    options = {"tls_context": certified(), "require_starttls": True, "authenticator": box.authenticate, "auth_required": True}
    with answering("smtp", "127.0.0.2", **options) as server:
        server.url = server.url.replace("//", f"//{USER}:{quote(PASSWORD, safe='')}@")
        assert sent_by(app, server.post()) == Tally(sent=1)
        assert server.encrypted == [True]
    assert box.users == [USER]


def test_smtps_is_encrypted_from_its_first_word(app: Flask, waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    waiting("alice@example.net")
    with answering("smtps", "127.0.0.2", ssl_context=certified()) as server:
        assert sent_by(app, server.post()) == Tally(sent=1)


def test_a_server_that_nobody_vouches_for_gets_no_mail(app: Flask, waiting: Waiting) -> None:
    waiting("alice@example.net")
    with answering("smtp", "127.0.0.2", tls_context=certified()) as server:
        assert sent_by(app, server.post()) == Tally(failed=1)
        assert server.mails == []
    assert "CERTIFICATE_VERIFY_FAILED" in rows(app)[0].last_error


def test_another_machine_that_offers_no_encryption_gets_no_mail(app: Flask, waiting: Waiting) -> None:
    waiting("alice@example.net")
    with answering("smtp", "127.0.0.2") as server:
        assert sent_by(app, server.post()) == Tally(failed=1)
        assert server.mails == []
    assert "offers no encryption (STARTTLS)" in rows(app)[0].last_error


def test_a_recipient_that_no_header_can_hold_is_given_up(app: Flask, waiting: Waiting, postbox: Postbox) -> None:
    waiting("no address\r\nBcc: everybody@example.net", "alice@example.net")
    assert sent_by(app, postbox.post()) == Tally(sent=1, given_up=1)
    assert postbox.envelopes == [("peering-portal@portal.example.net", ["alice@example.net"])]


@pytest.mark.parametrize("able", [True, False])
def test_an_international_address_needs_a_server_that_can_write_it(app: Flask, waiting: Waiting, able: bool) -> None:
    waiting("jörg@example.net", "alice@example.net")
    with answering(enable_SMTPUTF8=able) as server:
        assert sent_by(app, server.post()) == (Tally(sent=2) if able else Tally(sent=1, given_up=1))
        assert [recipients for _, recipients in server.envelopes] == [["jörg@example.net"]] * able + [["alice@example.net"]]


def test_nothing_is_begun_once_it_is_stopped(app: Flask, waiting: Waiting, postbox: Postbox) -> None:
    waiting("alice@example.net")
    with app.app_context():
        assert deliver(db.engine, postbox.post(), lambda: True) == Tally()


def test_a_server_is_greeted_without_a_mail(postbox: Postbox) -> None:
    server: SmtpServer = postbox.post()
    server.greet()
    assert postbox.mails == []
