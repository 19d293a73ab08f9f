"""The outbox: each mail once, with the act that it tells of or not at all."""

from threading import Barrier, Thread

from flask import Flask
from sqlalchemy import select

from portal.db.session import begin_writing
from portal.extensions import db
from portal.mails.outbox import put
from portal.models import Mail
from tests.people import People


def put_test(people: People, *recipients: str, about: str = "key_1", event: str = "test") -> list[str]:
    return put(
        db.session(), event=event, about=about, organization_id=people.ours, recipients=recipients, subject="Hello\r\nX: y", text="a\0b\n"
    )


def recipients(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Mail.recipient).order_by(Mail.id)))


def test_a_mail_is_put_once_for_each_event_subject_and_recipient(app: Flask, people: People) -> None:
    with app.app_context():
        begin_writing(db.session())
        assert sorted(put_test(people, "b@example.net", "a@example.net")) == ["a@example.net", "b@example.net"]
        assert put_test(people, "a@example.net", "c@example.net") == ["c@example.net"]
        assert put_test(people, "a@example.net", about="key_2") == ["a@example.net"]
        assert put_test(people, "a@example.net", event="test 2") == ["a@example.net"]
        assert put_test(people) == []
        db.session.commit()
    assert recipients(app) == ["a@example.net", "b@example.net", "c@example.net", "a@example.net", "a@example.net"]


def test_what_is_undone_is_never_told(app: Flask, people: People) -> None:
    with app.app_context():
        begin_writing(db.session())
        put_test(people, "a@example.net")
        db.session.rollback()
    assert recipients(app) == []


def test_many_who_put_the_same_at_once_put_it_once(app: Flask, people: People) -> None:
    together = Barrier(4)

    def run() -> None:
        with app.app_context():
            together.wait()
            begin_writing(db.session())
            put_test(people, "a@example.net", "b@example.net")
            db.session.commit()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert recipients(app) == ["a@example.net", "b@example.net"]


def test_what_a_terminal_or_a_header_would_obey_is_left_out(app: Flask, people: People) -> None:
    with app.app_context():
        begin_writing(db.session())
        put_test(people, "a@example.net")
        mail = db.session.scalars(select(Mail)).one()
        assert (mail.subject, mail.text) == ("Hello X: y", "ab\n")
