"""Retired tokens that come back: something still has the old one, and the key's organization is told so once."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from portal.api_keys.notices.notices import token_came_back
from portal.db.session import begin_writing


def came_back(session: Session, returned: Mapping[tuple[str, str], str]) -> None:
    """Key and token id → the address that the token was refused to, since the last flush. Commits."""
    begin_writing(session)
    for (key_id, token_id), address in returned.items():
        token_came_back(session, key_id, token_id, address)
    session.commit()
