"""The account in detail: operations, missing scopes and sources, within limits that hold across processes."""

from collections.abc import Callable
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, event, func, select

from portal.access.principal import Kind, Principal
from portal.api_keys.usage import Account
from portal.api_keys.usage.counts import Counts, Use
from portal.api_keys.usage.prune import KEPT, prune
from portal.api_keys.usage.store import write
from portal.db.session import begin_writing, now
from portal.extensions import db
from portal.models import ApiKey, ApiKeyDay, ApiKeyMissingScope, ApiKeyOperation, ApiKeySource, Refusal
from tests.people import Robot

MakeRobot = Callable[..., Robot]


def caller(key: Robot, address: str = "192.0.2.7", agent: str = "curl/8") -> Principal:
    return Principal(Kind.KEY, key.key_id, "robot", organization_id=key.organization_id, address=address, user_agent=agent)


def operations() -> dict[str, tuple[int, int, int]]:
    """Name → requests, failed, points; as they are now."""
    db.session.rollback()
    return {row.name: (row.requests, row.failed, row.points) for row in db.session.scalars(select(ApiKeyOperation))}


def sources() -> set[tuple[str, str]]:
    db.session.rollback()
    return {(row.address, row.user_agent) for row in db.session.scalars(select(ApiKeySource))}


def test_requests_are_summed_by_the_operations_name(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        account = Account(db.engine)
        for outcome, points, name in (("ok", 3, "peers"), ("denied", 1, "peers"), ("ok", 1, ""), ("ok", 2, "export net")):
            account.note(caller(key), outcome, points, operation=name)
        account.flush()
        account.note(caller(key), "errors", 1, operation="peers")
        account.note(caller(key), "limited", 1)
        account.flush()
        assert operations() == {"peers": (3, 2, 5), "": (1, 0, 1), "export net": (1, 0, 2)}


def test_a_long_name_is_cut(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        account = Account(db.engine)
        for end in ("a", "b"):
            account.note(caller(key), "ok", operation="n" * 64 + end)
        account.flush()
        assert operations() == {"n" * 64: (2, 0, 2)}


def test_the_first_fifty_names_of_a_day_have_lines_of_their_own(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        account = Account(db.engine)
        for number in range(70):
            account.note(caller(key), "ok", operation=f"first {number}")
        assert len(account.counts.operations[key.key_id, now().date()]) == 51
        account.flush()
        for name in ("first 0", "first 49", "first 60", "late", "other"):
            account.note(caller(key), "ok", operation=name)
        account.flush()
        lines = operations()
        assert len(lines) == 51
        assert (lines["first 0"], lines["first 49"], lines["other"]) == ((2, 0, 2), (2, 0, 2), (23, 0, 23))


def test_each_key_and_day_has_fifty_names_of_its_own(app: Flask, robot: MakeRobot) -> None:
    one, two = robot("networks:read"), robot("networks:read", name="second")
    with app.app_context():
        account = Account(db.engine)
        for number in range(50):
            account.note(caller(one), "ok", operation=f"name {number}")
            account.note(caller(two), "ok", operation=f"name {number}")
            account.counts.use(one.key_id, ("", ""), Use("ok", operation=f"name {number}"), now() - timedelta(days=1))
        account.flush()
        assert len(list(db.session.scalars(select(ApiKeyOperation)))) == 150
        assert "other" not in operations()


def test_what_a_key_lacked_is_counted_by_scope(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        account = Account(db.engine)
        account.note(caller(key), "denied", scopes=["contacts:read", "facilities:read"])
        account.note(caller(key), "denied", scopes=["contacts:read"])
        account.flush()
        account.note(caller(key), "denied", scopes=["contacts:read"])
        account.flush()
        missing = {row.scope: row.requests for row in db.session.scalars(select(ApiKeyMissingScope))}
        assert missing == {"contacts:read": 3, "facilities:read": 1}


def test_the_last_five_places_are_kept_with_their_first_and_last_time(app: Flask, robot: MakeRobot) -> None:
    key, at = robot("networks:read"), now()
    with app.app_context():
        account = Account(db.engine)
        for back in range(8, 0, -1):
            account.counts.use(key.key_id, (f"192.0.2.{back}", "curl/8"), Use("ok"), at - timedelta(hours=back))
        account.flush()
        assert sources() == {(f"192.0.2.{back}", "curl/8") for back in range(1, 6)}
        account.counts.use(key.key_id, ("192.0.2.5", "curl/8"), Use("ok"), at)
        account.counts.use(key.key_id, ("192.0.2.5", "wget"), Use("ok"), at)
        account.flush()
        assert sources() == {("192.0.2.5", "wget"), *((f"192.0.2.{number}", "curl/8") for number in (1, 2, 3, 5))}
        again = db.session.get_one(ApiKeySource, (key.key_id, "192.0.2.5", "curl/8"))
        assert (again.first_used_at, again.last_used_at) == (at - timedelta(hours=5), at)


def test_a_process_that_writes_late_makes_no_later_use_unseen(app: Flask, robot: MakeRobot) -> None:
    key, at = robot("networks:read"), now()
    with app.app_context():
        slow, quick = Account(db.engine), Account(db.engine)
        slow.counts.use(key.key_id, ("192.0.2.1", "slow"), Use("ok"), at - timedelta(minutes=3))
        quick.counts.use(key.key_id, ("192.0.2.2", "quick"), Use("ok"), at)
        quick.flush()
        slow.flush()
        stored = db.session.get_one(ApiKey, key.key_id)
        assert (stored.last_used_at, stored.last_used_address, stored.last_used_agent) == (at, "192.0.2.2", "quick")


def test_what_a_caller_chose_is_cut_and_can_be_stored(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        account = Account(db.engine)
        account.note(caller(key, "f" * 99 + "\0", "a\0" * 300), "ok")
        account.flush()
        assert sources() == {("f" * 64, "a" * 200)}


def test_the_limits_hold_for_processes_that_write_at_once(app: Flask, robot: MakeRobot) -> None:
    keys = [robot("networks:read", name=f"robot {number}") for number in range(3)]
    barrier = Barrier(4)

    def run(worker: int) -> None:
        with app.app_context():
            account = Account(db.engine)
            for flush in range(3):
                for key in keys:
                    for number in range(30):
                        account.note(caller(key, f"192.0.2.{worker}", f"agent {flush}"), "ok", operation=f"{worker} {flush} {number}")
                barrier.wait()
                account.flush()
                assert account.counts.empty, "it could not be written"

    threads = [Thread(target=run, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        for key in keys:
            rows = list(db.session.scalars(select(ApiKeyOperation).where(ApiKeyOperation.api_key_id == key.key_id)))
            assert len(rows) == 51
            assert sum(row.requests for row in rows) == 4 * 3 * 30 == db.session.get_one(ApiKeyDay, (key.key_id, now().date())).ok
            assert len(list(db.session.scalars(select(ApiKeySource).where(ApiKeySource.api_key_id == key.key_id)))) == 5


def test_what_is_kept_through_an_outage_is_counted_once(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        account = Account(away := create_engine("sqlite:////nowhere/at/all.sqlite3"))
        use: dict[str, Any] = {"operation": "peers", "scopes": ["contacts:read"]}
        account.note(caller(key, "192.0.2.1"), "denied", **use)
        account.flush()
        away.dispose()
        assert account.failing_since is not None
        before, account.failing_since = account.late, account.failing_since - timedelta(minutes=3)
        assert (before, account.late) == (False, True)
        account.engine = db.engine
        account.note(caller(key, "192.0.2.2"), "denied", **use)
        account.flush()
        account.flush()
        assert not account.late
        assert db.session.get_one(ApiKeyDay, (key.key_id, now().date())).denied == 2
        assert operations() == {"peers": (2, 2, 2)}
        assert [row.requests for row in db.session.scalars(select(ApiKeyMissingScope))] == [2]
        assert {address for address, _ in sources()} == {"192.0.2.1", "192.0.2.2"}


def test_a_backlog_is_written_in_batches_so_that_no_answer_is_long_in_coming(app: Flask) -> None:
    counts, sizes = Counts(), list[int]()
    for hour in range(4):
        for number in range(190):
            counts.refuse((now().replace(minute=0, second=0) - timedelta(hours=hour), "unknown", f"192.0.2.{number}", ""))
    with app.app_context():

        def note(*executed: Any) -> None:
            if executed[-1]:
                sizes.append(len(executed[3]))

        event.listen(db.engine, "before_cursor_execute", note)
        write(db.session(), counts)
        event.remove(db.engine, "before_cursor_execute", note)
        assert sizes == [500, 260]
        assert db.session.scalar(select(func.count()).select_from(Refusal)) == 760


def test_details_end_after_400_days_and_sums_stay(app: Flask, robot: MakeRobot) -> None:
    key, at = robot("networks:read"), now()
    with app.app_context():
        counts = Counts()
        for back in (KEPT + timedelta(days=1), KEPT - timedelta(days=1)):
            counts.use(key.key_id, ("192.0.2.1", ""), Use("denied", operation="peers", scopes=["contacts:read"]), at - back)
            counts.refuse((at - back, "secret", "192.0.2.9", key.key_id))
        write(db.session(), counts)
        prune(db.session(), at)
        for model in (ApiKeyOperation, ApiKeyMissingScope, Refusal):
            assert len(list(db.session.scalars(select(model)))) == 1
        assert len(list(db.session.scalars(select(ApiKeyDay)))) == 2


def test_a_process_prunes_with_its_first_flush_of_a_day(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read")
    with app.app_context():
        begin_writing(db.session())
        db.session.add(ApiKeyOperation(api_key_id=key.key_id, day=date(2020, 1, 1), name="old", requests=1, failed=0, points=1))
        db.session.commit()
        account = Account(db.engine)
        account.note(caller(key), "ok", operation="new")
        account.flush()
        assert operations().keys() == {"new"}
        assert account.pruned == now().date()
