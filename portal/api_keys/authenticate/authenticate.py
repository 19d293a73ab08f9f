"""From a request's Authorization header to a principal. Nothing else in the portal turns a token into a caller."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Dialect

from portal.access.key_rows import BY_TOKEN, KeyRow, grants_of_rows, moment, points_a_minute, reason_to_refuse
from portal.access.principal import ANONYMOUS, Kind, Principal
from portal.access.token_refusals import Reason, TokenRefused
from portal.api_keys.token import Token, digest, read_token
from portal.db.prepared import Prepared
from portal.db.reader import Snapshot
from portal.db.session import settings_of
from portal.errors import MalformedCredential
from portal.settings import Settings


@dataclass(frozen=True)
class Origin:
    """Where a request comes from: the address as we see it, and the caller's own name for its program."""

    address: str
    user_agent: str = ""


@dataclass(frozen=True)
class Admitted:
    """The caller, and what the account of its use needs to know. `edition`: the registry's epoch and version, read with a key."""

    principal: Principal
    token_id: str = ""
    first_use: bool = False
    edition: tuple[int, int] | None = None
    pepper: int | None = None
    expires_at: datetime | None = None
    token_created: datetime | None = None


def credential(headers: Sequence[str], address: str = "") -> Token | None:
    """The token of the Authorization headers of a request from an address; None where there is none (an anonymous request).

    Raises MalformedCredential for two headers (also joined by a comma), another scheme or an empty token, TokenRefused for a wrong form.
    """
    if not headers:
        return None
    if len(headers) > 1 or "," in headers[0]:
        raise MalformedCredential("Send exactly one Authorization header.")
    scheme, _, text = headers[0].strip().partition(" ")
    if scheme.lower() not in {"bearer", "api-key"}:
        raise MalformedCredential("Send the token as: Authorization: Bearer pport_…")
    if not text.strip():
        raise MalformedCredential("The Authorization header holds no token. Check that the variable it comes from is set.")
    token = read_token(text.strip())
    if token is None:
        raise TokenRefused(Reason.MALFORMED, address=address)
    return token


def admit(token: Token | None, origin: Origin, snapshot: Snapshot) -> Admitted:
    """The principal of a token, by one statement in the request's own snapshot. Raises TokenRefused.

    Only a caller that holds the secret is told in which state the key is.
    """
    if token is None:
        return anonymous(origin)
    rows = prepared_for(snapshot.dialect).rows(snapshot, {"token_id": token.token_id})
    key = KeyRow(*rows[0]) if rows else None
    if not holds_secret(token, key, settings_of(snapshot.engine)) or key is None:
        raise TokenRefused(Reason.SECRET if key else Reason.UNKNOWN, key.id if key else "", address=origin.address)
    reason = reason_to_refuse(key, origin.address)
    if reason:
        raise TokenRefused(reason, key.id, token.token_id, origin.address)
    principal = Principal(
        kind=Kind.KEY,
        id=key.id,
        token_id=token.token_id,
        name=key.name,
        grants=grants_of_rows(rows),
        organization_id=key.organization_id,
        address=origin.address,
        user_agent=origin.user_agent,
        points=points_a_minute(key),
        organization_points=key.organization_points,
    )
    return Admitted(
        principal,
        token.token_id,
        key.first_used_at is None,
        (key.epoch, key.version),
        key.pepper,
        moment(key.expires_at),
        moment(key.token_created),
    )


def anonymous(origin: Origin) -> Admitted:
    """A caller without a credential, which needs no statement."""
    return Admitted(Principal(name=ANONYMOUS.name, address=origin.address, user_agent=origin.user_agent))


@lru_cache(maxsize=8)
def prepared_for(dialect: Dialect) -> Prepared:
    return Prepared(BY_TOKEN, dialect)


def holds_secret(token: Token, key: KeyRow | None, settings: Settings) -> bool:
    """Compares digests in constant time; an unknown token id costs one digest as well."""
    number, organization_id, stored = (key.pepper, key.organization_id, key.digest) if key else (settings.pepper, 0, b"")
    return hmac.compare_digest(digest(settings.peppers, number, token, organization_id), stored)
