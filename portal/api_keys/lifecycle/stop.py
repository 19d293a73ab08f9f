"""Stops a key: disables it, enables it again, or revokes it for good."""

from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import begin
from portal.api_keys.lifecycle.draft import MAX_NOTE_CHARACTERS, live_key
from portal.api_keys.notices.notices import tell_revoked
from portal.audit import Event, Subject, record
from portal.db.session import now
from portal.errors import Conflict
from portal.models import ApiKey


def revoke(session: Session, principal: Principal, organization_id: int, key_id: str, *, reason: str = "") -> ApiKey:
    """Ends the key for good; its next request is refused."""
    begin(session, principal, Permission.KEYS_MANAGE, organization_id)
    key = put_end(session, principal, live_key(session, organization_id, key_id), reason)
    tell_revoked(session, principal, [key])
    return key


def put_end(session: Session, principal: Principal, key: ApiKey, reason: str = "") -> ApiKey:
    """Revokes a live key that was read under the lock. The caller puts the mails, because several keys are one mail."""
    key.revoked_at, key.revoked_by, key.revoked_reason = now(), principal.name, reason.strip()[:MAX_NOTE_CHARACTERS]
    details = {"reason": key.revoked_reason} if key.revoked_reason else {}
    record(session, principal, Event.API_KEY_REVOKED, organization_id=key.organization_id, subject=Subject.of_api_key(key), details=details)
    session.flush()
    return key


def disable(session: Session, principal: Principal, organization_id: int, key_id: str) -> ApiKey:
    """Stops the key until it is enabled; its next request is refused. Raises Conflict for one that is disabled already."""
    begin(session, principal, Permission.KEYS_MANAGE, organization_id)
    key = live_key(session, organization_id, key_id)
    if key.disabled_at is not None:
        raise Conflict("This API key is disabled already.")
    return put_disabled(session, principal, key)


def enable(session: Session, principal: Principal, organization_id: int, key_id: str) -> ApiKey:
    """Takes back a disable, and nothing else: the key ends when it would have ended. Raises Conflict for one that isn't disabled."""
    begin(session, principal, Permission.KEYS_MANAGE, organization_id)
    key = live_key(session, organization_id, key_id)
    if key.disabled_at is None:
        raise Conflict("This API key isn't disabled.")
    return put_disabled(session, principal, key, False)


def put_disabled(session: Session, principal: Principal, key: ApiKey, disabled: bool = True) -> ApiKey:
    """Disables a live key that was read under the lock, or enables it."""
    key.disabled_at = now() if disabled else None
    event = Event.API_KEY_DISABLED if disabled else Event.API_KEY_ENABLED
    record(session, principal, event, organization_id=key.organization_id, subject=Subject.of_api_key(key))
    session.flush()
    return key
