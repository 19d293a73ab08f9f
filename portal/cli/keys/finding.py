"""From a key's id to its organization, whose key it is."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.models import ApiKey


def organization_of(session: Session, key_id: str) -> int:
    found = session.scalar(select(ApiKey.organization_id).where(ApiKey.id == key_id))
    if found is None:
        raise NotFound("There is no such API key.")
    return found
