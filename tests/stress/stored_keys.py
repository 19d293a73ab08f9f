"""What a registry holds of the keys with a name that begins with a word, read from its tables while nobody writes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Connection, create_engine, func, select

from portal.db.session import now
from portal.models import ApiKey, ApiKeyDay, ApiKeyToken, AuditRow
from portal.settings import read
from tests.stress.ledger import KeyState


@contextmanager
def connected(environ: Mapping[str, str]) -> Iterator[Connection]:
    engine = create_engine(read(environ).database_url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def read_states(connection: Connection, word: str) -> dict[str, KeyState]:
    """By the key's name. One with audit rows and no row of its own is among them, too."""
    events: dict[str, tuple[str, ...]] = defaultdict(tuple)
    audit = select(AuditRow.subject_name, AuditRow.event).where(AuditRow.subject_type == "api_key", AuditRow.subject_name.startswith(word))
    for name, event in connection.execute(audit.order_by(AuditRow.number)):
        events[name] += (event,)
    retired = func.count().filter(ApiKeyToken.retires_at < now())
    columns = ApiKey.name, ApiKey.note, ApiKey.disabled_at.is_not(None), ApiKey.revoked_at.is_not(None), func.count(), retired
    rows = connection.execute(select(*columns).join(ApiKeyToken).where(ApiKey.name.startswith(word)).group_by(ApiKey.id))
    states = {name: KeyState(events.pop(name, ()), note, bool(off), bool(gone), *tokens) for name, note, off, gone, *tokens in rows}
    return states | {name: KeyState(alone) for name, alone in events.items()}


def read_requests(connection: Connection, word: str) -> dict[str, int]:
    """How many requests the account of use has, by the key's name."""
    total = func.sum(ApiKeyDay.ok + ApiKeyDay.denied + ApiKeyDay.limited + ApiKeyDay.errors)
    rows = connection.execute(select(ApiKey.name, total).join(ApiKeyDay).where(ApiKey.name.startswith(word)).group_by(ApiKey.id))
    return {name: int(requests) for name, requests in rows}


def half_noted_uses(connection: Connection, word: str) -> list[str]:
    """The keys whose newest token was used, while the one before it has longer than was chosen: a first use notes both or nothing."""
    newest, older = ApiKeyToken.__table__.alias("newest"), ApiKeyToken.__table__.alias("older")
    rows = connection.execute(
        select(ApiKey.name, newest.c.first_used_at, older.c.retires_at, older.c.retires_after)
        .join(newest, newest.c.api_key_id == ApiKey.id)
        .join(older, older.c.api_key_id == ApiKey.id)
        .where(ApiKey.name.startswith(word), newest.c.retires_at.is_(None), newest.c.first_used_at.is_not(None))
        .where(older.c.retires_at.is_not(None), older.c.retires_after.is_not(None))
    )
    return [name for name, used, retires, after in rows if retires > used + timedelta(seconds=after)]
