"""API keys of the demo, in every state. Their tokens are random and thrown away: no one can use them."""

from datetime import datetime, time, timedelta

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.lifecycle.stop import revoke
from portal.api_keys.token import digest, make_token
from portal.db.session import settings_of
from portal.demo.builder import Builder, Row
from portal.demo.people import principal_of
from portal.demo.usage import add_usage
from portal.models import ApiKey, ApiKeyToken, AuditRow

OVERLAP = timedelta(days=5)


def issue_key(builder: Builder, row: Row, at: datetime) -> None:
    """Creates a key in the name of the row's admin, with the use it has had since."""
    organization_id = builder.ids[row["organization"]]
    grants = dict(read_grant(builder, text) for text in row["grants"])
    expires_on = builder.at.date() + timedelta(days=row.get("expires", 0))
    draft = Draft(row["name"], row["notify"], expires_on, row.get("note", ""), grants, row.get("addresses", ()))
    key, _ = issue(builder.session, principal_of(builder, row["by"], organization_id), organization_id, draft)
    key.created = key.tokens[0].created = at
    if "expired" in row:
        expire(builder, key, row["expired"])
    if "disabled" in row:
        key.disabled_at = builder.days_ago(row["disabled"])
    add_usage(builder, key, row)
    if "rotated" in row:
        rotate(builder, key, row["rotated"])


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


def rotate(builder: Builder, key: ApiKey, days: int) -> None:
    """A second token, not used yet, while the first one still works for some days."""
    token, settings = make_token(), settings_of(builder.session)
    key.tokens[0].retires_at = builder.at + OVERLAP
    key.tokens.append(
        ApiKeyToken(
            token_id=token.token_id,
            digest=digest(settings.peppers, settings.pepper, token, key.organization_id),
            pepper=settings.pepper,
            last_four=token.last_four,
            created=builder.days_ago(days),
        )
    )


def revoke_key(builder: Builder, row: Row, at: datetime) -> None:
    organization_id = builder.ids[row["organization"]]
    where = (ApiKey.organization_id == organization_id, ApiKey.name == row["name"])
    key_id = builder.session.scalars(select(ApiKey.id).where(*where)).one()
    key = revoke(builder.session, principal_of(builder, row["by"], organization_id), organization_id, key_id, reason=row["reason"])
    key.revoked_at = at
