"""One key as its pages show it: facts, what it may do, how it was used, what happened to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from portal.access.key_rows import GRANT_COLUMNS, grants_of_rows
from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.api_keys.grants import Grants
from portal.api_keys.key import KEY_FACTS, Key, make_key
from portal.api_keys.queries.mail_log import Mailing, read_mailing
from portal.errors import NotFound
from portal.models import ApiKey, ApiKeyGrant, ApiKeyGrantObject, AuditRow
from portal.registry.organizations import Organization

MAX_TIMELINE_ROWS = 100


@dataclass(frozen=True)
class Happening:
    """A row of the audit. `details`: what was changed → (before, after), or its new value alone."""

    at: datetime
    event: str
    actor: str
    address: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Detail:
    """A key with all that the member may know of it; None for what they may not."""

    key: Key
    grants: Grants
    notify_email: str | None
    timeline: Sequence[Happening] | None
    mailing: Mailing | None


def read_key(connection: Connection, principal: Principal, organization_id: int, key_id: str) -> Detail:
    """The organization's key. Raises NotFound for another organization's exactly as for one that doesn't exist."""
    require(principal, Permission.KEYS_SEE, organization_id)
    rows = connection.execute(KEY_FACTS.where(Organization.id == organization_id, ApiKey.id == key_id)).all()
    if not rows:
        raise NotFound("There is no such API key.")
    sees_usage = principal.may(Permission.USAGE_READ, organization_id)
    notify_email = rows[-1].notify_email if principal.may(Permission.KEYS_MANAGE, organization_id) else None
    return Detail(
        key=make_key(rows, sees_usage),
        grants=grants_of_key(connection, key_id),
        notify_email=notify_email,
        timeline=read_timeline(connection, organization_id, key_id) if principal.may(Permission.AUDIT_READ, organization_id) else None,
        mailing=None if notify_email is None else read_mailing(connection, organization_id, key_id, notify_email),
    )


def grants_of_key(connection: Connection, key_id: str) -> Grants:
    """As a request with the key would be judged, in the table's order."""
    statement = select(*GRANT_COLUMNS).outerjoin(ApiKeyGrantObject, ApiKeyGrantObject.grant_id == ApiKeyGrant.id)
    grants = grants_of_rows(connection.execute(statement.where(ApiKeyGrant.api_key_id == key_id)).all())
    return {permission: grants[permission] for permission in Permission if permission in grants}


def read_timeline(connection: Connection, organization_id: int, key_id: str) -> list[Happening]:
    """What was done to the key, the newest first, at most 100."""
    about = (AuditRow.organization_id == organization_id, AuditRow.subject_type == "api_key", AuditRow.subject_id == key_id)
    statement = select(AuditRow.at, AuditRow.event, AuditRow.actor_name, AuditRow.address, AuditRow.details).where(*about)
    rows = connection.execute(statement.order_by(AuditRow.number.desc()).limit(MAX_TIMELINE_ROWS))
    return [Happening(row.at, row.event, row.actor_name, row.address, row.details) for row in rows]
