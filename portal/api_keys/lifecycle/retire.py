"""Ends the old token of a key that is being rotated, before its time."""

from sqlalchemy.orm import Session

from portal.access.key_state import token_works
from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import begin
from portal.api_keys.lifecycle.draft import live_key
from portal.api_keys.lifecycle.rotate import ONE_SECOND
from portal.api_keys.notices.notices import tell_retired
from portal.api_keys.usage import lock_tokens
from portal.audit import Event, Subject, record
from portal.db.session import lock, now
from portal.errors import Conflict, NotFound
from portal.models import ApiKey


def retire(session: Session, principal: Principal, organization_id: int, key_id: str, *, token_id: str) -> ApiKey:
    """Ends the old token; its next request is refused, and the newest one isn't touched.

    Raises what begin() does, NotFound for a token that isn't the key's, Conflict for its newest token and for one that has ended.
    """
    begin(session, principal, Permission.KEYS_MANAGE, organization_id)
    key, at = live_key(session, organization_id, key_id), now()
    token = next((token for token in session.scalars(lock_tokens(key.id)) if token.token_id == token_id), None)
    if token is None:
        raise NotFound("This API key has no such token.")
    if token.retires_at is None:
        raise Conflict("This is the key's newest token. Rotate, disable or revoke the key instead.")
    if not token_works(token.leaked_at, token.retires_at, at):
        raise Conflict("This token has ended already.")
    token.retires_at = at - ONE_SECOND
    key.changed = lock(session)
    details = {"token_id": token.token_id}
    record(session, principal, Event.API_KEY_RETIRED, organization_id=organization_id, subject=Subject.of_api_key(key), details=details)
    session.flush()
    tell_retired(session, principal, key, token)
    return key
