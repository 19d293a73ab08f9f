"""The caller's budget as GraphQL shows it: `rateLimit`, and `extensions.cost` of an answer."""

import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import strawberry
from strawberry.types import Info

from graphql_schema.engine.context import Context
from graphql_schema.schema.scalars import DateTime
from portal.db.types import TIMESTAMP_FORM
from portal.limits.budgets import Left


@strawberry.type(
    description="What this caller may still read in this minute, in points: a point is 100 rows, and a request costs at least one."
)
class RateLimit:
    """The tightest of the caller's budgets."""

    limit: int = strawberry.field(description="Points a minute. Needs no scope.")
    cost: int = strawberry.field(
        description="What this request was expected to cost before anything was read; it is settled to what it did cost. Needs no scope."
    )
    remaining: int = strawberry.field(description="Points left of this minute, this request's cost taken off. Needs no scope.")
    reset_at: DateTime = strawberry.field(description="When the minute is over and all points are back, UTC. Needs no scope.")


def rate_limit(info: Info[Context, None]) -> RateLimit:
    left = info.context.charge.left
    if left is None:
        raise LookupError("nothing was paid for this request")
    return RateLimit(limit=left.budget.points, cost=info.context.expected, remaining=left.points, reset_at=reset_at(left))


def reset_at(left: Left) -> DateTime:
    return second(int(time.time()) + left.seconds)


@lru_cache(maxsize=128)
def second(number: int) -> DateTime:
    """Returns the clock's second, the same for the many answers within it."""
    return DateTime(datetime.fromtimestamp(number, UTC).strftime(TIMESTAMP_FORM))


def cost_of(context: Context) -> dict[str, Any]:
    """`extensions.cost`, in points, once the request is settled."""
    left = context.charge.left
    budget = {"remaining": left.points, "resetAt": reset_at(left)} if left else {}
    return {"requested": context.expected, "actual": context.charge.paid, **budget}
