"""Leaked tokens: anyone who holds a whole one can end it, that token only, whatever state its key is in and wherever they are."""

import hmac
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.api_keys.notices.notices import tell_leaked
from portal.api_keys.token import PATTERN, Token, digest, read_token
from portal.audit import Event, Subject, record
from portal.db.session import lock, now, settings_of
from portal.models import ApiKey, ApiKeyToken

MAX_TOKENS = 100
IN_TEXT = re.compile(rf"(?<![0-9A-Za-z]){PATTERN}(?![0-9A-Za-z])")


class Way(StrEnum):
    """How a token was reported."""

    PAGE = "page"
    API = "API"


def find_tokens(text: str) -> list[Token]:
    """The tokens in a text, as a log or a file, each once; what only looks like one isn't among them."""
    candidates = [read_token(match[0]) for match in IN_TEXT.finditer(text)]
    return list(dict.fromkeys(token for token in candidates if token is not None))


def report(session: Session, principal: Principal, tokens: Sequence[Token], way: Way) -> list[str]:
    """Ends those of the tokens whose secret is right and that aren't ended so yet; returns the ids of their keys.

    Strangers may call it, so what it returns is told to no one, and what can't be a key's token takes no lock.
    """
    session.rollback()
    if not rows_of_tokens(session, tokens):
        return []
    lock(session)
    return end_tokens(session, principal, tokens, way)


def end_tokens(session: Session, principal: Principal, tokens: Sequence[Token], way: Way) -> list[str]:
    """Ends them as report() does, in a transaction of the caller's that holds the lock."""
    ended = []
    for row, key in rows_of_tokens(session, tokens):
        row.leaked_at = now()
        details = {"token_id": row.token_id, "reported_by": way.value}
        record(
            session, principal, Event.API_KEY_LEAKED, organization_id=key.organization_id, subject=Subject.of_api_key(key), details=details
        )
        tell_leaked(session, key, row, principal.address)
        ended.append(key.id)
    session.flush()
    return ended


def rows_of_tokens(session: Session, tokens: Sequence[Token]) -> list[tuple[ApiKeyToken, ApiKey]]:
    """The rows of the tokens that are whole and weren't reported yet."""
    peppers = settings_of(session).peppers
    given = defaultdict[str, list[Token]](list)  # a wrong secret beside the right one hides nothing
    for token in tokens:
        given[token.token_id].append(token)
    statement = select(ApiKeyToken, ApiKey).join(ApiKey, ApiKey.id == ApiKeyToken.api_key_id).where(ApiKeyToken.token_id.in_(given))
    rows = session.execute(statement.where(ApiKeyToken.leaked_at.is_(None)).order_by(ApiKeyToken.token_id)).all()
    return [(row, key) for row, key in rows if any(is_of(row, key, token, peppers) for token in given[row.token_id])]


def is_of(row: ApiKeyToken, key: ApiKey, token: Token, peppers: Mapping[int, bytes]) -> bool:
    return hmac.compare_digest(digest(peppers, row.pepper, token, key.organization_id), row.digest)
