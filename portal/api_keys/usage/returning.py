"""Retired tokens that come back: somebody still has the old one."""

import logging
from collections.abc import Mapping

from sqlalchemy.orm import Session

log = logging.getLogger(__name__)


def came_back(session: Session, returned: Mapping[tuple[str, str], str]) -> None:
    """Key and token id → the address that the token was refused to, since the last flush. May commit."""
    for (key_id, token_id), address in returned.items():
        log.info("the retired token pport_%s_… of %s was sent again from %s", token_id, key_id, address)
