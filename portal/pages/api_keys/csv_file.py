"""The list of keys as a file."""

from collections.abc import Sequence

from portal.api_keys.queries.key_list import Listed
from portal.db.types import TIMESTAMP_FORM

COLUMNS = ("key id", "name", "note", "token", "state", "access", "expires", "created", "issued by")
USAGE_COLUMNS = ("last used", "address", "requests in 30 days")


def columns(sees_usage: bool) -> Sequence[str]:
    return COLUMNS + USAGE_COLUMNS if sees_usage else COLUMNS


def cells(listed: Listed) -> Sequence[object]:
    """A key's row, with the usage columns for who may see them; times in UTC."""
    key = listed.key
    token = f"pport_{key.token_id[:4]}…{key.last_four}"
    expires = key.expires_at and key.expires_at.strftime(TIMESTAMP_FORM)
    shown = (key.id, key.name, key.note, token, key.state, listed.access, expires, key.created.strftime(TIMESTAMP_FORM), key.issued_by)
    if key.last_use is None:
        return shown
    used = key.last_use.at and key.last_use.at.strftime(TIMESTAMP_FORM)
    return *shown, used, key.last_use.address, "unavailable" if listed.days is None else sum(listed.days)
