"""The first use of a token, from which on the tokens that it replaces have as long as was chosen."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select
from sqlalchemy.orm import Session

from portal.db.session import begin_writing, now
from portal.models import ApiKey, ApiKeyToken


def note_first_use(session: Session, token_id: str) -> None:
    """The moment a new token is first used, in its own request, which doesn't wait for other writes.

    From it on the tokens that it replaces have as long as was chosen, and never longer than they had.
    """
    begin_writing(session, hasty=True)
    key_id = select(ApiKeyToken.api_key_id).where(ApiKeyToken.token_id == token_id).scalar_subquery()
    tokens = {token.token_id: token for token in session.scalars(lock_tokens(key_id))}
    used = tokens.get(token_id)
    if used is not None and used.first_used_at is None:
        used.first_used_at = at = now()
        for older in tokens.values():
            if used.retires_at is None and older.retires_at is not None and older.retires_after is not None:
                older.retires_at = min(older.retires_at, at + timedelta(seconds=older.retires_after))
    session.commit()


def lock_tokens(key_id: str | ScalarSelect[str]) -> Select[ApiKeyToken]:
    """The key's tokens, held until the commit where that is more than the transaction holds already (PostgreSQL)."""
    statement = select(ApiKeyToken).where(ApiKeyToken.api_key_id == key_id).order_by(ApiKeyToken.token_id)
    return statement.with_for_update().execution_options(populate_existing=True)


def last_used() -> ColumnElement[datetime | None]:
    """When a key was last used: its first use is known at once, later ones some seconds after they happened."""
    first = select(func.max(ApiKeyToken.first_used_at)).where(ApiKeyToken.api_key_id == ApiKey.id).scalar_subquery()
    return func.coalesce(ApiKey.last_used_at, first)
