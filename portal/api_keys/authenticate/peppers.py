"""Peppers: checked at the start against what the database remembers of them, and re-computed to the newest one key by key."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from portal.access.key_state import key_is_live
from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.api_keys.token import Token, digest
from portal.db.session import begin_writing, now, settings_of
from portal.errors import ConfigurationError
from portal.models import ApiKey, ApiKeyToken, PepperCheck

FIXED_TEXT = b"peering portal pepper check v1"


def check_peppers(session: Session, peppers: Mapping[int, bytes]) -> None:
    """Remembers new peppers. Raises ConfigurationError for one that is lost while tokens need it, or that has changed."""
    remembered = {row.number: row.value for row in session.scalars(select(PepperCheck))}
    needed = set(session.scalars(select(ApiKeyToken.pepper).distinct()))
    for number in sorted(needed - peppers.keys()):
        raise ConfigurationError(f"Pepper {number} is missing from PORTAL_PEPPERS, and there are API keys that need it.")
    for number, pepper in peppers.items():
        if number in remembered and not hmac.compare_digest(remembered[number], check_value(pepper)):
            raise ConfigurationError(f"Pepper {number} of PORTAL_PEPPERS isn't the one that API keys were made with.")
    new = peppers.keys() - remembered.keys()
    if new:
        begin_writing(session)
        for number in new:
            session.merge(PepperCheck(number=number, value=check_value(peppers[number])))
        session.commit()


@dataclass(frozen=True)
class PepperStatus:
    """How many tokens a pepper digests, and how many of them could still work. `configured`: it stands in PORTAL_PEPPERS."""

    number: int
    tokens: int
    working: int
    configured: bool
    newest: bool

    @property
    def needed(self) -> bool:
        """Whether a start without it is refused: tokens are checked under it, be it only to say why they don't work."""
        return self.tokens > 0 or self.newest


def count_tokens(session: Session, principal: Principal) -> list[PepperStatus]:
    """Of each pepper that stands in the settings or digests a token, by number. For an operator."""
    require(principal, Permission.REGISTRY_OPERATE)
    at, peppers = now(), settings_of(session).peppers
    unretired = or_(ApiKeyToken.retires_at.is_(None), ApiKeyToken.retires_at >= at)
    works = case((and_(key_is_live(at), unretired, ApiKeyToken.leaked_at.is_(None)), 1), else_=0)
    statement = select(ApiKeyToken.pepper, func.count(), func.sum(works)).join(ApiKey, ApiKey.id == ApiKeyToken.api_key_id)
    rows = session.execute(statement.group_by(ApiKeyToken.pepper))
    counted = {pepper: (tokens, int(working)) for pepper, tokens, working in rows}
    newest = max(peppers, default=0)
    return [
        PepperStatus(number, *counted.get(number, (0, 0)), configured=number in peppers, newest=number == newest)
        for number in sorted(counted.keys() | peppers.keys())
    ]


def renew_digest(session: Session, token: Token, organization_id: int) -> None:
    """Stores the digest under the newest pepper, after a successful check under an older one."""
    peppers = settings_of(session).peppers
    number = max(peppers)
    values = {"pepper": number, "digest": digest(peppers, number, token, organization_id)}
    session.execute(update(ApiKeyToken).where(ApiKeyToken.token_id == token.token_id, ApiKeyToken.pepper < number).values(**values))


def check_value(pepper: bytes) -> bytes:
    return hmac.digest(pepper, FIXED_TEXT, "sha256")
