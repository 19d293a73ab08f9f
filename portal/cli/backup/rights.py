"""What lets anyone into a registry, and what a restore gives back to those from whom it was taken since."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from portal.access.key_state import key_works
from portal.db.session import now
from portal.models import ApiKey, ApiKeyToken, Membership, Person, PersonSession
from portal.registry.organizations import Organization
from portal.registry.records import DELETED
from portal.registry.types import TYPES


@dataclass(frozen=True)
class Rights:
    """`keys`: id → name of those that work. `versions`: of all keys, id → name and version of the last change.

    `tokens`: token id → key id of those that weren't reported and haven't retired. `digests`: e-mail → digest of the password. `roles`:
    e-mail, organization and role. `deleted`: tag → ids of deleted records.
    """

    keys: dict[str, str]
    versions: dict[str, tuple[str, int]]
    tokens: dict[str, str]
    digests: dict[str, str]
    roles: set[tuple[str, int, str]]
    deleted: dict[str, set[int]]
    sessions: int


def read_rights(connection: Connection) -> Rights:
    at = now()
    usable = (ApiKeyToken.leaked_at.is_(None), or_(ApiKeyToken.retires_at.is_(None), ApiKeyToken.retires_at >= at))
    live = select(ApiKey.id, ApiKey.name).join(Organization, Organization.id == ApiKey.organization_id).where(key_works(at))
    roles = select(Person.email, Membership.organization_id, Membership.role).join(Person, Person.id == Membership.person_id)
    return Rights(
        keys=pairs(connection, live),
        versions={row.id: (row.name, row.changed) for row in connection.execute(select(ApiKey.id, ApiKey.name, ApiKey.changed))},
        tokens=pairs(connection, select(ApiKeyToken.token_id, ApiKeyToken.api_key_id).where(*usable)),
        digests=pairs(connection, select(Person.email, Person.password_digest)),
        roles={(row[0], row[1], row[2]) for row in connection.execute(roles)},
        deleted={
            tag: set(connection.scalars(select(kind.table.c.id).where(kind.table.c.status == DELETED))) for tag, kind in TYPES.items()
        },
        sessions=connection.scalar(select(func.count()).select_from(PersonSession)) or 0,
    )


def pairs(connection: Connection, statement: Select[Any, Any]) -> dict[str, str]:
    """Returns the first column → the second."""
    return {row[0]: row[1] for row in connection.execute(statement)}


def describe_changes(present: Rights, restored: Rights) -> Iterator[str]:
    """Yields what a restore revives, and what it loses, a line for each."""
    for key_id, name in sorted(restored.keys.items()):
        if key_id not in present.keys:
            yield f"API key {key_id} ({name}) works again."
        elif present.versions[key_id] != restored.versions[key_id]:
            yield f"API key {key_id} ({name}) has the permissions, addresses and limits again that it had."
    for token_id, key_id in sorted(restored.tokens.items()):
        if token_id not in present.tokens and key_id in restored.keys and key_id in present.keys:
            yield f"Token {token_id} of API key {key_id} works again: it was reported as leaked or has ended since."
    for email, digest in sorted(restored.digests.items()):
        if email not in present.digests:
            yield f"{email} can sign in again: the account was deleted since."
        elif present.digests[email] != digest:
            yield f"{email} has an earlier password again."
    for email, organization_id, role in sorted(restored.roles - present.roles):
        if email in present.digests:
            yield f"{email} is {role} of organization {organization_id} again."
    for tag, ids in restored.deleted.items():
        if count := len(present.deleted[tag] - ids):
            yield f"Records of type {tag} that were deleted since, and are back: {count}."
    for key_id, (name, _) in sorted(present.versions.items()):
        if key_id not in restored.versions:
            yield f"API key {key_id} ({name}) was created since, and is lost."
    for email in sorted(present.digests.keys() - restored.digests.keys()):
        yield f"The account of {email} was created since, and is lost."
