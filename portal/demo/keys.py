"""API keys of the demo, in every state, and what was done to them since. Their tokens are random and thrown away: no one can use them."""

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.lifecycle.leak import Way, end_tokens
from portal.api_keys.lifecycle.rotate import rotate
from portal.api_keys.lifecycle.stop import disable, revoke
from portal.demo.builder import Builder, Row
from portal.demo.people import principal_of
from portal.demo.usage import add_usage
from portal.models import ApiKey, AuditRow

FINDER = "198.51.100.77"


def issue_key(builder: Builder, row: Row, at: datetime) -> None:
    """Creates a key in the name of the row's admin, with the use it has had since."""
    organization_id = builder.ids[row["organization"]]
    grants = dict(read_grant(builder, text) for text in row["grants"])
    expires_on = builder.at.date() + timedelta(days=row.get("expires", 0))
    draft = Draft(row["name"], row["notify"], expires_on, row.get("note", ""), grants, row.get("addresses", ()))
    key, token = issue(builder.session, principal_of(builder, row["by"], organization_id), organization_id, draft)
    key.created = key.tokens[0].created = at
    if "expired" in row:
        expire(builder, key, row["expired"])
    if "leaked" in row:
        builder.leaking[row["name"]] = token
    add_usage(builder, key, row)


def expire(builder: Builder, key: ApiKey, days: int) -> None:
    """No one can create a key that has expired already, so both the key and its audit row are dated back."""
    end = datetime.combine(builder.at.date() - timedelta(days=days), time(23, 59, 59), builder.at.tzinfo)
    key.expires_at = end
    issued = builder.session.scalars(select(AuditRow).where(AuditRow.subject_id == key.id)).one()
    issued.details = issued.details | {"expires_on": end.date().isoformat()}


def read_grant(builder: Builder, text: str) -> tuple[Permission, frozenset[int] | None]:
    """`networks:read`, or `networks:update=AS64500,AS64501`."""
    permission, separator, names = text.partition("=")
    return Permission(permission), frozenset(builder.ids[name] for name in names.split(",")) if separator else None


def rotate_key(builder: Builder, row: Row, at: datetime) -> None:
    """The new token isn't used yet, so the old one goes on working."""
    by, key = find(builder, row)
    old = key.tokens[0]
    rotate(builder.session, by, key.organization_id, key.id, seen=old.token_id)
    builder.session.refresh(key, ["tokens"])
    new = next(token for token in key.tokens if token is not old)
    assert old.retires_at
    new.created, old.retires_at = at, old.retires_at - (builder.at - at)


def disable_key(builder: Builder, row: Row, at: datetime) -> None:
    by, key = find(builder, row)
    disable(builder.session, by, key.organization_id, key.id).disabled_at = at


def leak_key(builder: Builder, row: Row, at: datetime) -> None:
    """A stranger who found the token reports it."""
    _, key = find(builder, row)
    stranger = Principal(name="Leak report", address=FINDER, user_agent="Mozilla/5.0")
    end_tokens(builder.session, stranger, [builder.leaking.pop(row["name"])], Way.PAGE)
    key.tokens[0].leaked_at = at


def revoke_key(builder: Builder, row: Row, at: datetime) -> None:
    by, key = find(builder, row)
    revoke(builder.session, by, key.organization_id, key.id, reason=row["reason"]).revoked_at = at


def find(builder: Builder, row: Row) -> tuple[Principal, ApiKey]:
    """Returns the row's admin, and its key with its tokens."""
    organization_id = builder.ids[row["organization"]]
    where = (ApiKey.organization_id == organization_id, ApiKey.name == row["name"])
    key = builder.session.scalars(select(ApiKey).where(*where).options(selectinload(ApiKey.tokens))).one()
    return principal_of(builder, row["by"], organization_id), key


LATER_ACTS = {"rotated": rotate_key, "disabled": disable_key, "leaked": leak_key, "revoked": revoke_key}
