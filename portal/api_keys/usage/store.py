"""Writing the account down: a few statements, each sent once with all its values, in one short transaction."""

from collections import Counter
from typing import Any

from sqlalchemy import Date, Integer, String, and_, bindparam, case, delete, func, or_, select, text, true, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.api_keys.usage.counts import MAX_NAMES, MAX_SOURCES, OTHER, OUTCOMES, Counts, Refusal
from portal.api_keys.usage.minutes import FORGET, PEAK, add_minutes, forgotten, peaks, rows_of_minutes
from portal.api_keys.usage.tables import DAY, KEY, OPERATION, REFUSAL, SCOPE, SOURCE, TOKEN
from portal.db.session import LOCK_MS, begin_writing
from portal.db.types import Timestamp

MAX_ROWS_AT_ONCE = 500  # that are sent before an answer is waited for: after an outage there may be many
MAX_REFUSALS_AN_HOUR = 200  # lines for refusals of one key, or of none, in an hour
TURN = 0x70707274  # the number of PostgreSQL's lock under which accounts are written
COLUMNS = (*OUTCOMES, "points")
Insert = Any  # PostgreSQL's or SQLite's, which share no class

AT, OF_KEY, ON_DAY, CALLED = (
    bindparam("at", type_=Timestamp()),
    bindparam("of_key", type_=String()),
    bindparam("on_day", type_=Date()),
    bindparam("called", type_=String()),
)
TOKEN_USE = (
    update(TOKEN)
    .where(TOKEN.c.token_id == bindparam("token"), or_(TOKEN.c.last_used_at.is_(None), TOKEN.c.last_used_at < AT))
    .values(last_used_at=AT)
)
LAST_USE = (
    update(KEY)
    .where(KEY.c.id == OF_KEY, or_(KEY.c.last_used_at.is_(None), KEY.c.last_used_at <= AT))
    .values(last_used_at=AT, last_used_address=bindparam("address"), last_used_agent=bindparam("agent"))
)
NEWER = SOURCE.alias("newer")
NEWEST = (
    select(NEWER.c.address, NEWER.c.user_agent)
    .where(NEWER.c.api_key_id == OF_KEY)
    .order_by(NEWER.c.last_used_at.desc(), NEWER.c.first_used_at.desc(), NEWER.c.address, NEWER.c.user_agent)
    .limit(MAX_SOURCES)
)
TRIM = delete(SOURCE).where(SOURCE.c.api_key_id == OF_KEY, tuple_(SOURCE.c.address, SOURCE.c.user_agent).not_in(NEWEST))


def write(session: Session, counts: Counts) -> None:
    """All of it or nothing; thousands of keys may have been used since the last time. Commits.

    Tokens come first and in order, as a rotation locks them: two that wait for each other would both fail.
    """
    begin_writing(session)
    take_turns(session)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for statement, rows in (
        (TOKEN_USE, [{"token": token_id, "at": at} for token_id, at in sorted(counts.tokens.items())]),
        (add_days(insert), rows_of_days(counts)),
        (add_minutes(insert), rows_of_minutes(counts)),
        (PEAK, peaks(counts)),
        (FORGET, forgotten(counts)),
        (LAST_USE, last_uses(counts)),
        (add_operations(insert), rows_of_operations(counts)),
        (add_scopes(insert), rows_of_scopes(counts)),
        (add_sources(insert), rows_of_sources(counts)),
        (TRIM, [{"of_key": key_id} for key_id in sorted(counts.sources)]),
        (add_refusals(insert), rows_of_refusals(session, counts)),
    ):
        for first in range(0, len(rows), MAX_ROWS_AT_ONCE):
            session.connection().execute(statement, rows[first : first + MAX_ROWS_AT_ONCE])
    session.commit()


def take_turns(session: Session) -> None:
    """One process writes at a time, as on SQLite, so that limits hold across workers; none waits for long."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SET LOCAL lock_timeout = {LOCK_MS}"))
        session.execute(select(func.pg_advisory_xact_lock(TURN)))


def add_days(insert: Insert) -> Insert:
    statement = insert(DAY)
    return statement.on_conflict_do_update(
        index_elements=["api_key_id", "day"], set_={name: DAY.c[name] + statement.excluded[name] for name in COLUMNS}
    )


def rows_of_days(counts: Counts) -> list[dict[str, Any]]:
    days = sorted(counts.days.items())
    return [{"api_key_id": key_id, "day": day, **{name: counted.get(name, 0) for name in COLUMNS}} for (key_id, day), counted in days]


def last_uses(counts: Counts) -> list[dict[str, Any]]:
    uses = [(key_id, *next(reversed(sources.items()))) for key_id, sources in sorted(counts.sources.items())]
    return [{"of_key": key_id, "at": last, "address": source[0], "agent": source[1]} for key_id, source, (_, last) in uses]


def add_operations(insert: Insert) -> Insert:
    """A name that the day doesn't know becomes "other" once there are 50, whichever process counted them."""
    of_day = and_(OPERATION.c.api_key_id == OF_KEY, OPERATION.c.day == ON_DAY)
    has_row = select(OPERATION.c.name).where(of_day, OPERATION.c.name == CALLED).exists()
    names = select(func.count()).select_from(OPERATION).where(of_day, OPERATION.c.name != OTHER).scalar_subquery()
    name = case((or_(has_row, names < MAX_NAMES), CALLED), else_=OTHER)
    numbers = [bindparam(f"more_{column}", type_=Integer()) for column in ("requests", "failed", "points")]
    chosen = select(OF_KEY, ON_DAY, name, *numbers).where(true())  # SQLite reads ON CONFLICT as a join's ON without it
    statement = insert(OPERATION).from_select(["api_key_id", "day", "name", "requests", "failed", "points"], chosen)
    added = {column: OPERATION.c[column] + statement.excluded[column] for column in ("requests", "failed", "points")}
    return statement.on_conflict_do_update(index_elements=["api_key_id", "day", "name"], set_=added)


def rows_of_operations(counts: Counts) -> list[dict[str, Any]]:
    return [
        {"of_key": key_id, "on_day": day, "called": name, "more_requests": requests, "more_failed": failed, "more_points": points}
        for (key_id, day), names in sorted(counts.operations.items())
        for name, (requests, failed, points) in names.items()
    ]


def add_scopes(insert: Insert) -> Insert:
    statement = insert(SCOPE)
    return statement.on_conflict_do_update(
        index_elements=["api_key_id", "day", "scope"], set_={"requests": SCOPE.c.requests + statement.excluded.requests}
    )


def rows_of_scopes(counts: Counts) -> list[dict[str, Any]]:
    scopes = sorted(counts.scopes.items())
    return [{"api_key_id": key_id, "day": day, "scope": scope, "requests": number} for ((key_id, day), scope), number in scopes]


def add_sources(insert: Insert) -> Insert:
    statement = insert(SOURCE)
    stored, new = SOURCE.c, statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["api_key_id", "address", "user_agent"],
        set_={
            "first_used_at": case((stored.first_used_at < new.first_used_at, stored.first_used_at), else_=new.first_used_at),
            "last_used_at": case((stored.last_used_at > new.last_used_at, stored.last_used_at), else_=new.last_used_at),
        },
    )


def rows_of_sources(counts: Counts) -> list[dict[str, Any]]:
    return [
        {"api_key_id": key_id, "address": address, "user_agent": agent, "first_used_at": first, "last_used_at": last}
        for key_id, sources in sorted(counts.sources.items())
        for (address, agent), (first, last) in sorted(sources.items())
    ]


def add_refusals(insert: Insert) -> Insert:
    statement = insert(REFUSAL)
    return statement.on_conflict_do_update(
        index_elements=["hour", "reason", "address", "api_key_id"], set_={"requests": REFUSAL.c.requests + statement.excluded.requests}
    )


def rows_of_refusals(session: Session, counts: Counts) -> list[dict[str, Any]]:
    """Beyond 200 lines for a key in an hour addresses aren't told apart any more, so that no one can fill the database by trying tokens."""
    if not counts.refusals:
        return []
    columns = (REFUSAL.c.hour, REFUSAL.c.reason, REFUSAL.c.address, REFUSAL.c.api_key_id)
    hours = {hour for hour, *_ in counts.refusals}
    stored: set[Refusal] = {(*row,) for row in session.execute(select(*columns).where(REFUSAL.c.hour.in_(hours)))}
    lines = Counter((hour, key_id) for hour, _, _, key_id in stored)
    added: Counter[Refusal] = Counter()
    for refusal, number in counts.refusals.items():
        hour, reason, _, key_id = refusal
        line = refusal if refusal in stored or lines[hour, key_id] < MAX_REFUSALS_AN_HOUR else (hour, reason, OTHER, key_id)
        if line not in stored:
            stored.add(line)
            lines[hour, key_id] += 1
        added[line] += number
    names = [column.name for column in columns]
    return [dict(zip(names, line, strict=True)) | {"requests": number} for line, number in sorted(added.items())]
