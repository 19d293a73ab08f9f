"""What happens to a key, from issue to revoke. Each act asks the principal first and writes its audit row in the same transaction."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.organizations import live_organization
from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import begin
from portal.api_keys.lifecycle.draft import Draft, describe, end_of, facts
from portal.api_keys.notices.notices import tell_issued
from portal.api_keys.notices.notify_addresses import introduce
from portal.api_keys.policy import check_day, read_policy
from portal.api_keys.token import Token, digest, make_token, random_text
from portal.audit import Event, Subject, record
from portal.db.session import settings_of
from portal.errors import Conflict
from portal.models import ApiKey, ApiKeyToken


class AlreadyIssued(Conflict):
    """The same form was sent before and issued this key, whose token was shown then."""

    def __init__(self, key: ApiKey) -> None:
        super().__init__(f'The API key "{key.name}" was already created.')
        self.key_id = key.id
        self.name = key.name


def issue(
    session: Session, principal: Principal, organization_id: int, draft: Draft, *, form_id: str | None = None
) -> tuple[ApiKey, Token]:
    """The new key and its token, whose text exists from here to the answer and nowhere else.

    Raises what require() does, Invalid with the field that is wrong, Conflict for a name that a live key has, AlreadyIssued.
    """
    begin(session, principal, Permission.KEYS_MANAGE, organization_id)
    live_organization(session, organization_id)
    refuse_twice(session, organization_id, form_id)
    key = ApiKey(
        id=f"key_{random_text(12)}", organization_id=organization_id, issued_by=principal.name, form_id=form_id, tokens=[], grants=[]
    )
    policy = read_policy(session, organization_id)
    describe(session, key, draft, policy)
    check_day(policy, draft.expires_on)
    key.expires_at = end_of(draft.expires_on)
    token = add_token(session, key)
    session.add(key)
    given = {name: value for name, value in facts(key).items() if value and name not in {"name", "note"}}
    details = given | {"token_id": token.token_id, "notify_email": "given"}
    record(session, principal, Event.API_KEY_ISSUED, organization_id=organization_id, subject=Subject.of_api_key(key), details=details)
    session.flush()
    introduce(session, organization_id, key.notify_email)
    tell_issued(session, principal, key)
    return key, token


def add_token(session: Session, key: ApiKey) -> Token:
    """A new token of the key; only its digest stays."""
    token, settings = make_token(), settings_of(session)
    stored = digest(settings.peppers, settings.pepper, token, key.organization_id)
    key.tokens.append(ApiKeyToken(token_id=token.token_id, digest=stored, pepper=settings.pepper, last_four=token.last_four))
    return token


def refuse_twice(session: Session, organization_id: int, form_id: str | None) -> None:
    if form_id is None:
        return
    key = session.scalars(select(ApiKey).where(ApiKey.organization_id == organization_id, ApiKey.form_id == form_id)).one_or_none()
    if key is not None:
        raise AlreadyIssued(key)
