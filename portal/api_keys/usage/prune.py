"""The account's details don't stay for ever. What a key did on a day does, as it is one short row."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.db.session import begin_writing
from portal.models import ApiKey, ApiKeyMissingScope, ApiKeyOperation, Refusal

KEPT = timedelta(days=400)  # a year and the month that one compares with


def prune(session: Session, at: datetime) -> None:
    """Removes operations, missing scopes and refusals that are older, found by their indexes. Commits."""
    begin_writing(session)
    session.execute(delete(Refusal).where(Refusal.hour < at - KEPT))
    for model in (ApiKeyOperation, ApiKeyMissingScope):
        session.execute(delete(model).where(model.api_key_id.in_(select(ApiKey.id)), model.day < (at - KEPT).date()))
    session.commit()
