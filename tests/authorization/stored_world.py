"""The world in a database, and a key of every kind."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from portal.access.permissions import GRANTABLE, Permission
from portal.access.principal import COMMAND_LINE
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.db.session import lock, now
from portal.extensions import db
from portal.models import ApiKeyGrant, ApiKeyGrantObject
from portal.registry.types import RECORDS
from tests.authorization.rights import CONTACT, READS, Caller, Row, Tables
from tests.authorization.schema import Served
from tests.authorization.world import OURS, THEIRS, world
from tests.graphql.oracle_types import TYPES

PRIVATE = tuple(permission.value for permission in GRANTABLE if permission.action == "read_private")
CHOSEN = frozenset({1})
MIXED: dict[str, dict[str, frozenset[int] | None]] = {
    "reads": dict.fromkeys(READS),
    "full": dict.fromkeys(permission.value for permission in GRANTABLE),
    "all but contacts": dict.fromkeys(scope for scope in (*READS, *PRIVATE) if not scope.startswith("contacts:")),
    "private of the listed": {**dict.fromkeys(READS), **dict.fromkeys(PRIVATE, CHOSEN)},
    "contacts and exchanges": dict.fromkeys((CONTACT, "exchanges:read")),
}
LENT = "private of what is listed and not its own"  # listed while it was; the grants stay when an object changes hands


def list_grants() -> Iterator[tuple[str, int, dict[str, frozenset[int] | None]]]:
    """(name, organization, grants) of every key."""
    for permission in GRANTABLE:
        yield permission.value, OURS, {permission.value: None}
    for name, grants in MIXED.items():
        yield name, OURS, grants
    yield LENT, OURS, {**dict.fromkeys(READS), **dict.fromkeys(PRIVATE, CHOSEN)}
    yield "theirs", THEIRS, MIXED["full"]


def issue_key(name: str, organization: int, grants: dict[str, frozenset[int] | None]) -> Caller:
    draft = Draft(
        name, "noc@example.net", now().date() + timedelta(days=90), grants={Permission(scope): ids for scope, ids in grants.items()}
    )
    key, token = issue(db.session(), COMMAND_LINE, organization, draft)
    if name == LENT:
        for line in db.session.query(ApiKeyGrant).filter_by(api_key_id=key.id, whole=False):
            db.session.add(ApiKeyGrantObject(grant_id=line.id, object_id=5))
        grants = {scope: ids and ids | {5} for scope, ids in grants.items()}
    return Caller(name, grants, organization, {"Authorization": f"Bearer {token.reveal()}"})


def store_world(served: Served) -> Tables:
    """Stores the world, and reads it back raw."""
    models: dict[str, Any] = {model.__name__: model for model in RECORDS.values()}
    lock(db.session())
    for name, rows in world(served).items():
        db.session.add_all(models[name](**row) for row in rows)
        db.session.flush()
    db.session.commit()
    return {table: read_table(table) for table, *_ in TYPES.values()}


def read_table(table: str) -> dict[int, Row]:
    return {row["id"]: dict(row) for row in db.session.execute(text(f"SELECT * FROM {table}")).mappings()}
