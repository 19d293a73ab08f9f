"""A key as pages and commands show it, from its rows. What a member may not know of it isn't in it: no template can tell it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select

from portal.access.key_state import State, states_of_row, token_works
from portal.api_keys.policy import POLICY_COLUMNS, KeyPolicy, breaches, policy_of_row
from portal.db.session import now
from portal.models import ApiKey, ApiKeyPolicy, ApiKeyToken
from portal.registry.organizations import Organization

EXPIRING_WITHIN = timedelta(days=30)
ENDED_STATES = {State.EXPIRED, State.REVOKED}
REPORTED_FOR = timedelta(days=14)

KEY_FACTS: Select[Any] = (
    select(
        *(column for column in ApiKey.__table__.columns if column.key != "form_id"),
        ApiKeyToken.token_id,
        ApiKeyToken.last_four,
        ApiKeyToken.created.label("token_created"),
        ApiKeyToken.last_used_at.label("token_used_at"),
        ApiKeyToken.first_used_at,
        ApiKeyToken.retires_at,
        ApiKeyToken.retires_after,
        ApiKeyToken.leaked_at,
        Organization.name.label("organization"),
        Organization.keys_frozen,
        Organization.status.label("organization_status"),
        *POLICY_COLUMNS,
    )
    .select_from(Organization)
    .outerjoin(ApiKeyPolicy, ApiKeyPolicy.organization_id == Organization.id)
    .outerjoin(ApiKey, ApiKey.organization_id == Organization.id)
    .outerjoin(ApiKeyToken, ApiKeyToken.api_key_id == ApiKey.id)
    .order_by(func.lower(ApiKey.name), ApiKey.id, ApiKeyToken.retires_at.is_(None), ApiKeyToken.retires_at)  # the newest token comes last
)


@dataclass(frozen=True)
class LastUse:
    """When and from where a key was last used; `at` None: never.

    `counted`: False in the seconds after its first use, when no more than that is known of it.
    """

    at: datetime | None
    address: str
    user_agent: str
    counted: bool = True


@dataclass(frozen=True)
class TokenFacts:
    """A token, the newest one if `retires_at` is None. `grace`: its seconds from the newest one's first use, if to come.

    `leaked_at`: when it was reported as leaked, and ended.
    """

    token_id: str
    last_four: str
    created: datetime
    last_used_at: datetime | None
    retires_at: datetime | None
    grace: int | None
    leaked_at: datetime | None


@dataclass(frozen=True)
class Key:
    """A key. `token_id` and `last_four` are its newest token's; `tokens`: all that work, the newest last, two while it is being rotated;
    `reported`: those that leaked, the newest token always and older ones for 14 days. `states`: what is true of it, its state first.

    `last_use` is None for who may not know, and so are the tokens' uses, `addresses` and `points` (a minute; None, too, where the key has
    as many as its organization's keys may have).
    """

    id: str
    name: str
    note: str
    states: Sequence[State]
    token_id: str
    last_four: str
    created: datetime
    issued_by: str
    expires_at: datetime | None
    disabled_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str
    revoked_reason: str
    last_use: LastUse | None
    changed: int
    organization: str
    policy: KeyPolicy
    addresses: Sequence[str] | None
    points: int | None
    tokens: Sequence[TokenFacts]
    reported: Sequence[TokenFacts]

    @property
    def state(self) -> State:
        return self.states[0]

    @property
    def older(self) -> Sequence[TokenFacts]:
        """The tokens that the newest one replaces and that still work."""
        return [] if self.ended else [token for token in self.tokens if token.retires_at is not None]

    @property
    def leaked_while_rotating(self) -> Sequence[TokenFacts]:
        """The old tokens that were reported while the newest one was there already, so that something may still have used them."""
        newest = self.tokens[-1] if self.tokens else None
        return [token for token in self.reported if newest and token.leaked_at and token.leaked_at >= newest.created]

    @property
    def ended(self) -> bool:
        return self.state in ENDED_STATES

    @property
    def limit(self) -> int:
        """The points that it has a minute."""
        return min(self.points or self.policy.key_points, self.policy.key_points)

    @property
    def leaked(self) -> bool:
        """Whether its newest token was reported as leaked, and no newer one was made since."""
        return not self.ended and State.LEAKED in self.states

    @property
    def expiring(self) -> bool:
        """Whether it ends within 30 days."""
        return not self.ended and self.expires_at is not None and self.expires_at - now() <= EXPIRING_WITHIN

    @property
    def unused(self) -> bool:
        """Whether it was neither used nor made within the policy's days."""
        if self.ended or self.last_use is None or self.policy.unused_days is None:
            return False
        return now() - (self.last_use.at or self.created) > timedelta(days=self.policy.unused_days)

    @property
    def breaches(self) -> Sequence[str]:
        """What about it the organization's policy wouldn't allow today, in words, as far as the member may know."""
        return self.against(self.policy)

    def against(self, policy: KeyPolicy) -> Sequence[str]:
        """The same for any policy; nothing for an ended key."""
        return [] if self.ended else breaches(policy, expires_at=self.expires_at, addresses=self.addresses)


def make_key(rows: Sequence[Row[Any]], sees_usage: bool) -> Key:
    """From the key's rows of KEY_FACTS, one for each token."""
    row = rows[-1]
    return Key(
        id=row.id,
        name=row.name,
        note=row.note,
        states=states_of_row(row, now()),
        token_id=row.token_id,
        last_four=row.last_four,
        created=row.created,
        issued_by=row.issued_by,
        expires_at=row.expires_at,
        disabled_at=row.disabled_at,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
        revoked_reason=row.revoked_reason,
        last_use=last_use_of(rows) if sees_usage else None,
        changed=row.changed,
        organization=row.organization,
        policy=policy_of_row(row),
        addresses=row.addresses if sees_usage else None,
        points=row.points if sees_usage else None,
        tokens=[describe_token(token, row, sees_usage) for token in rows if works(token)],
        reported=[describe_token(token, row, sees_usage) for token in rows if was_reported(token)],
    )


def last_use_of(rows: Sequence[Row[Any]]) -> LastUse:
    """A use is written some seconds later, but the first one of a token at once."""
    row, first = rows[-1], max((token.first_used_at for token in rows if token.first_used_at), default=None)
    return LastUse(row.last_used_at or first, row.last_used_address, row.last_used_agent, row.last_used_at is not None or first is None)


def works(token: Row[Any]) -> bool:
    return token_works(token.leaked_at, token.retires_at, now())


def was_reported(token: Row[Any]) -> bool:
    return token.leaked_at is not None and (token.retires_at is None or now() - token.leaked_at <= REPORTED_FOR)


def describe_token(token: Row[Any], newest: Row[Any], sees_usage: bool) -> TokenFacts:
    waits = sees_usage and token is not newest and newest.first_used_at is None and token.retires_after is not None
    return TokenFacts(
        token_id=token.token_id,
        last_four=token.last_four,
        created=token.token_created,
        last_used_at=(token.token_used_at or token.first_used_at) if sees_usage else None,
        retires_at=token.retires_at,
        grace=token.retires_after if waits else None,
        leaked_at=token.leaked_at,
    )
