"""The keys that need attention, and why: leaked, expiring, limited, unused, and those that don't comply with the policy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.api_keys.key import Key
from portal.api_keys.policy import KeyPolicy, policy_of_row
from portal.api_keys.queries.key_list import make_keys, read_facts
from portal.api_keys.queries.limited_keys import read_limited_keys


class Why(StrEnum):
    """Why a key is in the report."""

    LEAKED = "leaked"
    EXPIRING = "expiring"
    LIMITED = "limited"
    UNUSED = "unused"
    BREACHING = "breaching"


@dataclass(frozen=True)
class ReportedKey:
    """A key, with each reason in words."""

    key: Key
    reasons: Sequence[tuple[Why, str]]


@dataclass(frozen=True)
class Report:
    """The live keys with a reason, the gravest first; `counts`: keys by reason. Of what a member may not know there is no reason."""

    organization: str
    policy: KeyPolicy
    keys: Sequence[ReportedKey]
    counts: Mapping[Why, int]
    sees_usage: bool


def read_report(connection: Connection, principal: Principal, organization_id: int) -> Report:
    """By two statements at most. Raises NotFound, Forbidden."""
    rows = read_facts(connection, principal, organization_id)
    sees_usage = principal.may(Permission.USAGE_READ, organization_id)
    limited = read_limited_keys(connection, organization_id) if sees_usage else {}
    checked = [ReportedKey(key, list(reasons(key, limited.get(key.id)))) for key in make_keys(rows, sees_usage)]
    reported = sorted((one for one in checked if one.reasons), key=lambda one: list(Why).index(one.reasons[0][0]))
    return Report(
        organization=rows[0].organization,
        policy=policy_of_row(rows[0]),
        keys=reported,
        counts={why: sum(any(reason is why for reason, _ in one.reasons) for one in reported) for why in Why},
        sees_usage=sees_usage,
    )


def reasons(key: Key, limited: tuple[int, int] | None) -> Iterator[tuple[Why, str]]:
    """Nothing for an ended key. `limited`: on how many of the days on which it was used, where that is too often."""
    if key.ended:
        return
    if key.leaked:
        yield Why.LEAKED, "Its newest token was reported as leaked and no longer works."
    for token in key.leaked_while_rotating:
        yield Why.LEAKED, f"Its old token was reported as leaked on {token.leaked_at:%-d %B %Y} and no longer works."
    if key.expiring and key.expires_at is not None:
        yield Why.EXPIRING, f"It expires on {key.expires_at:%-d %B %Y}."
    if limited:
        yield Why.LIMITED, f"It reached its rate limit on {limited[0]} of the last {limited[1]} days it was used."
    if key.unused:
        days = "1 day" if key.policy.unused_days == 1 else f"{key.policy.unused_days} days"
        used = key.last_use is not None and key.last_use.at is not None
        yield Why.UNUSED, f"It has been unused for more than {days}." if used else f"It was created more than {days} ago and never used."
    for words in key.breaches:
        yield Why.BREACHING, words
