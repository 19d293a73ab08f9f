"""From what was found somewhere, a token or its id, to the key that it belongs to."""

import re

from sqlalchemy import Connection, select

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.errors import Invalid, NotFound
from portal.models import ApiKey, ApiKeyToken

TOKEN_ID = re.compile(r"(?:^|pport_)([0-9A-Za-z]{12})(?![0-9A-Za-z])")


def cut(text: str) -> str:
    """The token id in a text that may hold a whole token, or the id alone. Raises Invalid where there is none."""
    match = TOKEN_ID.search(text.strip())
    if match is None:
        raise Invalid("A token begins with pport_ and twelve letters or digits. Enter at least those.", "token")
    return match[1]


def find_anywhere(connection: Connection, principal: Principal, token_id: str) -> str:
    """The id of the key with this token, whichever organization's. For an operator. Raises NotFound."""
    require(principal, Permission.REGISTRY_OPERATE)
    key_id = connection.scalar(select(ApiKeyToken.api_key_id).where(ApiKeyToken.token_id == token_id))
    if key_id is None:
        raise NotFound("No API key has such a token.", "token")
    return key_id


def find_key(connection: Connection, principal: Principal, organization_id: int, token_id: str) -> str:
    """The id of the organization's key with this token. Raises NotFound for another organization's exactly as for an unknown one."""
    require(principal, Permission.KEYS_SEE, organization_id)
    statement = select(ApiKey.id).join(ApiKeyToken, ApiKeyToken.api_key_id == ApiKey.id)
    key_id = connection.scalar(statement.where(ApiKey.organization_id == organization_id, ApiKeyToken.token_id == token_id))
    if key_id is None:
        raise NotFound("No API key of this organization has this token. Check that you entered it correctly.", "token")
    return key_id
