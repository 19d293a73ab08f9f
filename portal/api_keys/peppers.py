"""Peppers: checked at the start against what the database remembers of them, and re-computed to the newest one key by key."""

import hmac
from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.api_keys.token import Token, digest
from portal.database import begin_writing
from portal.errors import ConfigurationError
from portal.models import ApiKeyToken, PepperCheck

FIXED_TEXT = b"peering portal pepper check v1"


def check_peppers(session: Session, peppers: Mapping[int, bytes]) -> None:
    """Remembers new peppers. Raises ConfigurationError for one that is lost while tokens need it, or that has changed."""
    known = {row.number: row.value for row in session.scalars(select(PepperCheck))}
    needed = set(session.scalars(select(ApiKeyToken.pepper).distinct()))
    for number in sorted(needed - peppers.keys()):
        raise ConfigurationError(f"Pepper {number} is missing from PORTAL_PEPPERS, and there are API keys that need it.")
    for number, pepper in peppers.items():
        if number in known and not hmac.compare_digest(known[number], check_value(pepper)):
            raise ConfigurationError(f"Pepper {number} of PORTAL_PEPPERS isn't the one that API keys were made with.")
    new = peppers.keys() - known.keys()
    if new:
        begin_writing(session)
        for number in new:
            session.merge(PepperCheck(number=number, value=check_value(peppers[number])))
        session.commit()


def renew_digest(session: Session, token: Token, organization_id: int, peppers: Mapping[int, bytes]) -> None:
    """Stores the digest under the newest pepper, after a successful check under an older one."""
    number = max(peppers)
    values = {"pepper": number, "digest": digest(peppers, number, token, organization_id)}
    session.execute(update(ApiKeyToken).where(ApiKeyToken.token_id == token.token_id, ApiKeyToken.pepper < number).values(**values))


def check_value(pepper: bytes) -> bytes:
    return hmac.digest(pepper, FIXED_TEXT, "sha256")
