"""What the account of use tells of a key besides its numbers: operations, missing scopes, places, and tokens that were refused."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from portal.access.token_refusals import Reason
from portal.demo.builder import SEED, Builder, Row
from portal.models import ApiKey, ApiKeyDay, ApiKeyMissingScope, ApiKeyOperation, ApiKeySource, Refusal

ENDS = {"revoked": Reason.REVOKED, "expired": Reason.EXPIRED, "disabled": Reason.DISABLED, "leaked": Reason.LEAKED}
STRANGER = "203.0.113.66"
HOUR = timedelta(hours=1)


def add_details(builder: Builder, key: ApiKey, row: Row, days: Sequence[ApiKeyDay]) -> None:
    """Of the days on which it was used, with choices of its own, so that other parts of the demo stay as they are."""
    chance = Random(f"{SEED} {key.name}")  # noqa: S311 - chooses numbers and hours, never a credential
    for day in days:
        builder.session.add_all(operations_of(day, row.get("operations", [""])))
        if day.denied:
            builder.session.add(ApiKeyMissingScope(api_key_id=key.id, day=day.day, scope=row["lacks"], requests=day.denied))
    if key.last_used_at:
        builder.session.add_all(sources_of(key, key.last_used_at, row, chance))
    builder.session.add_all(refusals_of(builder, key, row, chance))


def operations_of(day: ApiKeyDay, names: Sequence[str]) -> list[ApiKeyOperation]:
    """The day's requests, of what is left two thirds under each name; what failed under the first ones."""
    requests, points, rows = day.ok + day.denied + day.limited + day.errors, day.points, list[Row]()
    failed = day.denied + day.limited + day.errors
    for place, name in enumerate(names):
        last = place == len(names) - 1 or requests < 3
        part, share = (requests, points) if last else (requests - requests // 3, points - points // 3)
        rows.append({"name": name, "requests": part, "failed": min(part, failed), "points": share})
        requests, points, failed = requests - part, points - share, failed - min(part, failed)
        if last:
            break
    return [ApiKeyOperation(api_key_id=day.api_key_id, day=day.day, **row) for row in rows]


def sources_of(key: ApiKey, last: datetime, row: Row, chance: Random) -> list[ApiKeySource]:
    """The last use's, and those that the row names besides."""
    places = [(row["address"], row["user_agent"], last)]
    places += [(address, agent, last - timedelta(hours=chance.randint(2, 90))) for address, agent in row.get("also_from", ())]
    return [
        ApiKeySource(
            api_key_id=key.id, address=address, user_agent=agent, first_used_at=key.created + timedelta(minutes=7), last_used_at=at
        )
        for address, agent, at in places
    ]


def refusals_of(builder: Builder, key: ApiKey, row: Row, chance: Random) -> list[Refusal]:
    """A program goes on for some hours after its key ended, and a stranger tries token ids from a busy key's logs."""
    rows = []
    this_hour = builder.at.replace(minute=0, second=0)
    for word, reason in ENDS.items():
        first = this_hour - timedelta(days=row.get(word, 0)) + 24 * HOUR
        hours = [first + number * HOUR for number in range(chance.randint(3, 9)) if word in row]
        rows += [
            Refusal(hour=hour, reason=reason, address=row["address"], api_key_id=key.id, requests=chance.randint(1, 12))
            for hour in hours
            if hour <= this_hour
        ]
    if row["daily"] > 500:
        hour = this_hour - timedelta(days=3)
        rows.append(Refusal(hour=hour, reason=Reason.SECRET, address=STRANGER, api_key_id=key.id, requests=chance.randint(3, 20)))
    return rows
