"""How keys are used, on a key's own page and on the organization's: who sees what of it, and what is said when it can't be told."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from portal.access.token_refusals import Reason, TokenRefused
from portal.api_keys.usage import Account, note_first_use
from portal.api_keys.usage.counts import Counts, Use
from portal.api_keys.usage.organization_usage import read_organization_use
from portal.api_keys.usage.periods import Period
from portal.api_keys.usage.store import write
from portal.db.session import begin_writing, now, snapshot
from portal.extensions import db
from portal.runtime import account
from tests.browser import Browser, text
from tests.pages.api_keys import keys_of
from tests.people import People, Robot
from tests.rows import change_key

Visit = Callable[[str], Browser]
MakeRobot = Callable[..., Robot]


def usage_of(people: People) -> str:
    return f"/organizations/{people.ours}/usage"


def use(app: Flask, key: Robot, *uses: Use, back: int = 0, source: tuple[str, str] = ("192.0.2.77", "build-script/2.0")) -> None:
    """As if it had been used so some days back."""
    counts = Counts()
    for one in uses:
        counts.use(key.key_id, source, one, now() - timedelta(days=back))
    with app.app_context():
        write(db.session(), counts)


def refuse(app: Flask, key_id: str, reason: Reason, address: str, times: int = 1) -> None:
    with app.app_context():
        counted = Account(db.engine)
        for _ in range(times):
            counted.refuse(TokenRefused(reason, key_id, "token"), address)
        counted.flush()


def run(app: Flask, statement: str) -> None:
    with app.app_context():
        begin_writing(db.session())
        db.session.connection().exec_driver_sql(statement)
        db.session.commit()


@pytest.fixture
def key(app: Flask, robot: MakeRobot) -> Robot:
    """Used today and 40 days ago."""
    nightly = robot("networks:read", name="nightly build")
    lacking = Use("denied", operation="Peers", scopes=["contacts:read"])
    use(app, nightly, Use("ok", 30, operation="Peers"), Use("ok", 3, operation=""), lacking, lacking, Use("limited"))
    use(app, nightly, *[Use("ok", operation="Old")] * 5, back=40, source=("2001:db8::9", "curl/8"))
    return nightly


def test_a_keys_page_tells_how_it_was_used(visit: Visit, people: People, key: Robot) -> None:
    page = visit("alice").get(f"{keys_of(people)}/{key.key_id}")
    said, source = text(page), page.get_data(as_text=True)
    assert "Last 30 days 2 2 1 0 36" in said
    assert "Last 90 days 7 2 1 0 41" in said
    assert 'aria-label="Requests a day, the last 30 days: 5 in all"' in source
    assert f"{now().date()} 2 2 1 0 36" in said
    assert "Peers 3 2 32" in said
    assert "(no name) 1 0 3" in said
    assert "Old" not in said.partition("Queries (2)")[2]
    assert "192.0.2.77 build-script/2.0" in said
    assert "2001:db8::9 curl/8" in said


def test_a_longer_period_shows_older_operations(visit: Visit, people: People, key: Robot) -> None:
    page = visit("alice").get(f"{keys_of(people)}/{key.key_id}?days=90")
    assert "Old 5 0 5" in text(page)
    assert 'aria-label="Requests a day, the last 90 days: 10 in all"' in page.get_data(as_text=True)


def test_a_scope_that_a_key_lacks_leads_to_the_form_that_adds_it(app: Flask, visit: Visit, people: People, key: Robot) -> None:
    address = f"{keys_of(people)}/{key.key_id}"
    link = f'href="{address}/edit?add=contacts:read"'
    alice, erin = (visit(name).get(address).get_data(as_text=True) for name in ("alice", "erin"))
    assert "<code>contacts:read</code> in 2 requests" in alice
    assert (link in alice, link in erin) == (True, False)
    change_key(app, key, revoked_at=now())
    assert link not in visit("alice").get(address).get_data(as_text=True)


def test_a_scope_that_a_key_got_since_is_not_offered(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    widened = robot("contacts:read")
    use(app, widened, Use("denied", scopes=["contacts:read"]))
    page = visit("alice").get(f"{keys_of(people)}/{widened.key_id}")
    assert "contacts:read in 1 request (it has it now)" in text(page)
    assert "/edit?add=" not in page.get_data(as_text=True)


def test_an_unused_key_says_so_until_the_moment_of_its_first_use(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    """Which is written at once, while what it was used for is counted some seconds later."""
    key, alice = robot("networks:read"), visit("alice")
    address = f"{keys_of(people)}/{key.key_id}"
    page = text(alice.get(address))
    for words in ("Last used never", "It has not been used yet.", "No token of this key was refused in the last 30 days."):
        assert words in page
    with app.app_context():
        note_first_use(db.session(), key.token[6:18])
    page = text(alice.get(address))
    for words in ("Last used just now Expires", "It was first used just now ."):
        assert words in page
    for place in (keys_of(people), usage_of(people)):
        assert ("just now" in (shown := text(alice.get(place))), "never" in shown) == (True, False)
    assert "Last used just now" in text(alice.get(f"{address}/revoke"))


@pytest.mark.parametrize(("name", "sees", "refusals"), [("alice", True, True), ("erin", True, False), ("bob", False, False)])
def test_each_role_sees_its_part_of_a_keys_use(
    app: Flask, visit: Visit, people: People, key: Robot, name: str, *, sees: bool, refusals: bool
) -> None:
    refuse(app, key.key_id, Reason.ADDRESS, "198.51.100.66", 3)
    page = text(visit(name).get(f"{keys_of(people)}/{key.key_id}"))
    for words in ("build-script/2.0", "192.0.2.77", "Last 30 days", "Peers", "Missing permissions"):
        assert (words in page) is sees
    assert ("Address that isn't allowed 198.51.100.66 3" in page) is refusals


def test_the_organizations_page_sums_up_its_keys(app: Flask, visit: Visit, people: People, robot: MakeRobot, key: Robot) -> None:
    second = robot("networks:read", name="status board")
    use(app, second, *[Use("ok", 2, operation="Peers")] * 4)
    theirs = robot("networks:read", name="foreign", charlie=True)
    use(app, theirs, Use("ok", operation="Secret"), source=("203.0.113.9", "foreign-script"))
    refuse(app, second.key_id, Reason.SECRET, "198.51.100.66", 3)
    refuse(app, theirs.key_id, Reason.SECRET, "203.0.113.66")
    refuse(app, "", Reason.UNKNOWN, "203.0.113.67")
    said = text(visit("alice").get(usage_of(people)))
    assert "nightly build Active 2 2 1 0 36" in said
    assert "status board Active 4 0 0 0 8" in said
    assert "Peers 2 7 2 40" in said
    assert "build-script/2.0 2" in said
    assert "status board Wrong secret 198.51.100.66 3" in said
    for foreign in ("foreign", "Secret 1", "203.0.113"):
        assert foreign not in said
    assert "198.51.100.66" not in text(visit("erin").get(usage_of(people)))


def test_keys_that_nobody_uses_are_named(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    at = now()
    keys: dict[str, dict[str, Any]] = {
        "asleep": {"created": at - timedelta(days=90), "last_used_at": at - timedelta(days=31)},
        "never used": {"created": at - timedelta(days=31)},
        "awake": {"created": at - timedelta(days=90), "last_used_at": at - timedelta(days=29)},
        "new": {"note": "made today"},
        "ended": {"created": at - timedelta(days=90), "revoked_at": at},
    }
    for name, values in keys.items():
        change_key(app, robot("networks:read", name=name), **values)
    with app.app_context(), snapshot(db.engine) as connection:
        report = read_organization_use(connection, people.principal("erin"), people.ours, Period.MONTH)
    assert [silent.name for silent in report.silent] == ["asleep", "never used"]
    said = text(visit("erin").get(usage_of(people)))
    assert "asleep , last used 31 days ago" in said
    assert "never used , never used, created 31 days ago" in said


def test_many_silent_keys_are_counted(app: Flask, visit: Visit, people: People, robot: MakeRobot) -> None:
    for number in range(23):
        change_key(app, robot("networks:read", name=f"robot {number:02}"), created=now() - timedelta(days=40))
    assert "And 3 more." in text(visit("alice").get(usage_of(people)))


@pytest.mark.parametrize(
    ("sort", "names"),
    [("", "abc"), ("name", "abc"), ("denied", "bac"), ("points", "cab"), ("used", "cba"), ("nonsense", "abc")],
)
def test_keys_are_sorted_by_any_column(app: Flask, visit: Visit, people: People, robot: MakeRobot, sort: str, names: str) -> None:
    use(app, robot("networks:read", name="key a"), *[Use("ok")] * 3, back=2)
    use(app, robot("networks:read", name="key b"), Use("denied"), Use("ok"), back=1)
    use(app, robot("networks:read", name="key c"), Use("ok", 50))
    said = text(visit("alice").get(f"{usage_of(people)}?sort={sort}")).partition("By key")[2]
    assert sorted("abc", key=lambda letter: said.index(f"key {letter}")) == list(names)


def test_a_long_list_has_pages(visit: Visit, people: People, robot: MakeRobot) -> None:
    for number in range(53):
        robot("networks:read", name=f"robot {number:02}")
    alice = visit("alice")
    first, second = (text(alice.get(f"{usage_of(people)}?sort=name&page={page}")) for page in (1, 2))
    assert ("1–50 of 53" in first, "51–53 of 53" in second) == (True, True)
    assert ("robot 49" in first, "robot 50" in first, "robot 50" in second) == (True, False, True)
    assert "51–53 of 53" in text(alice.get(f"{usage_of(people)}?page=99"))


def test_the_page_takes_five_statements_however_many_keys_there_are(app: Flask, people: People, robot: MakeRobot) -> None:
    counted = []
    for number in range(4):
        use(app, robot("networks:read", name=f"robot {number}"), Use("ok", operation="Peers"))
        with app.app_context(), snapshot(db.engine) as connection:
            statements: list[str] = []
            event.listen(connection, "before_cursor_execute", lambda _c, _cur, statement, *_: statements.append(statement))  # noqa: B023
            read_organization_use(connection, people.principal("alice"), people.ours, Period.MONTH)
            counted.append(len(statements))
    assert counted == [5] * 4


def rows(browser: Browser, people: People, query: str = "") -> list[dict[str, str]]:
    answer = browser.get(f"{usage_of(people)}.csv{query}")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/csv", "no-store")
    return list(csv.DictReader(StringIO(answer.get_data(as_text=True))))


def test_the_file_has_a_line_for_each_key_and_day(app: Flask, visit: Visit, people: People, robot: MakeRobot, key: Robot) -> None:
    odd = robot("networks:read", name="=odd()")
    use(app, odd, Use("errors", 9), back=3)
    erin = visit("erin")
    lines = rows(erin, people)
    assert [(line["name"], line["key id"]) for line in lines] == [("'=odd()", odd.key_id), ("nightly build", key.key_id)]
    assert list(lines[1].values())[2:] == [str(now().date()), "2", "2", "1", "0", "36"]
    assert [line["answered"] for line in rows(erin, people, "?days=90")] == ["0", "5", "2"]
    assert [line["name"] for line in rows(erin, people, "?days=7")] == ["'=odd()", "nightly build"]


def test_an_organization_without_keys_has_no_usage_yet(visit: Visit, people: People) -> None:
    assert "No API keys yet" in text(visit("alice").get(usage_of(people)))


def test_links_lead_to_the_usage_of_who_may_see_it(visit: Visit, people: People) -> None:
    for name, sees in {"alice": True, "erin": True, "bob": False}.items():
        browser = visit(name)
        for address in ("/", keys_of(people)):
            assert (f'href="{usage_of(people)}"' in browser.get(address).get_data(as_text=True)) is sees


def test_another_organizations_usage_is_not_there(visit: Visit, people: People, key: Robot) -> None:
    charlie = visit("charlie")
    for address in (usage_of(people), f"{usage_of(people)}.csv", "/organizations/987654321/usage"):
        answer = charlie.get(address)
        assert answer.status_code == 404
        assert key.key_id not in answer.get_data(as_text=True)


@pytest.fixture(params=["unreadable", "late"])
def trouble(request: pytest.FixtureRequest, app: Flask, key: Robot) -> None:
    """Why usage can't be told."""
    if request.param == "unreadable":
        run(app, "ALTER TABLE api_key_day RENAME TO away")
    else:
        with app.app_context():
            account().failing_since = now() - timedelta(minutes=5)


@pytest.mark.own_database
@pytest.mark.usefixtures("trouble")
def test_what_cannot_be_told_is_unavailable_and_never_nothing(visit: Visit, people: People, key: Robot) -> None:
    alice = visit("alice")
    page = alice.get(f"{keys_of(people)}/{key.key_id}")
    assert page.status_code == 200
    assert "Usage of this key is unavailable just now." in text(page)
    assert "No requests" not in text(page)
    for address in (usage_of(people), f"{usage_of(people)}.csv"):
        answer = alice.get(address)
        assert (answer.status_code, "Usage is unavailable" in text(answer)) == (503, True)
    listed = alice.get(keys_of(people))
    assert (listed.status_code, "unavailable" in text(listed)) == (200, True)
    assert "Requests in 30 days" not in listed.get_data(as_text=True)
    assert "unavailable" in alice.get(f"{keys_of(people)}/list.csv").get_data(as_text=True)


def test_who_stops_a_key_is_told_that_its_last_use_is_out_of_date(app: Flask, visit: Visit, people: People, key: Robot) -> None:
    with app.app_context():
        account().failing_since = now() - timedelta(minutes=5)
    alice = visit("alice")
    alice.submit("/confirm-password", {"password": "correct horse battery staple"})
    said = text(alice.get(f"{keys_of(people)}/{key.key_id}/revoke"))
    assert "Keys may have been used since the last use shown here." in said


def test_a_page_waits_for_no_table_that_somebody_holds(app: Flask, visit: Visit, people: People, key: Robot) -> None:
    """PostgreSQL's readers wait for who changes a table; SQLite's see the state before."""
    alice = visit("alice")
    with app.app_context(), db.engine.execution_options(writes=True).connect() as holder:
        if holder.dialect.name == "sqlite":
            holder.exec_driver_sql("DELETE FROM api_key_day")
        else:
            holder.exec_driver_sql("LOCK TABLE api_key_day IN ACCESS EXCLUSIVE MODE")
        answers: dict[str, Any] = {place: alice.get(place) for place in (f"{keys_of(people)}/{key.key_id}", keys_of(people))}
        expected = "Last 30 days 2 2 1 0 36" if holder.dialect.name == "sqlite" else "Usage of this key is unavailable just now"
        holder.rollback()
    assert [answer.status_code for answer in answers.values()] == [200, 200]
    assert expected in text(answers[f"{keys_of(people)}/{key.key_id}"])
