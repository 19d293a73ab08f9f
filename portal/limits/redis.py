"""The one budget shared by workers and machines, in Redis. While it is away each worker has its share of the limits, in memory."""

import hashlib
import hmac
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from redis import Redis
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.exceptions import RedisError
from redis.retry import Retry

from portal.limits.budgets import MINUTE_SECONDS, Budget, Left, used_up
from portal.limits.memory import Spending, new_id, tightest

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.25  # seconds that a request waits for Redis
AWAY = (RedisError, OSError)
RETRY_SECONDS = 5  # seconds until the next request tries, while Redis is away
# Takes the points from all subjects or, when bounded and one has spent its limit, from none. A subject's minute begins with the first.
# Negative points are given back to the minutes that have the given ids alone.
# KEYS: the subjects. ARGV: points, milliseconds of a minute, whether bounded, an id for minutes that begin, each subject's limit, and
# the id of the minute that each subject's points were paid from.
# Returns the number of the subject that is used up, or 0; then of each subject what is spent, the milliseconds left of its minute, and
# the minute's id.
TAKE = """
local points, answer, spent, left, id = tonumber(ARGV[1]), {0}, {}, {}, {}
for i, key in ipairs(KEYS) do
  local minute = redis.call('HMGET', key, 'spent', 'id')
  left[i] = redis.call('PTTL', key)
  if left[i] > 0 then spent[i], id[i] = tonumber(minute[1]), minute[2] else spent[i], id[i] = 0, '' end
  if ARGV[3] == '1' and answer[1] == 0 and spent[i] >= tonumber(ARGV[4 + i]) then answer[1] = i end
end
for i, key in ipairs(KEYS) do
  local given_back = points < 0 and id[i] ~= '' and id[i] == ARGV[4 + #KEYS + i]
  if answer[1] == 0 and (points > 0 or given_back) then
    spent[i] = math.max(0, spent[i] + points)
    if id[i] == '' then id[i] = ARGV[4] end
    redis.call('HSET', key, 'spent', spent[i], 'id', id[i])
    if left[i] <= 0 then redis.call('PEXPIRE', key, ARGV[2]) end
  end
  if left[i] <= 0 then left[i] = tonumber(ARGV[2]) end
  answer[3 * i - 1], answer[3 * i], answer[3 * i + 1] = spent[i], left[i], id[i]
end
return answer
"""


def connect(url: str, patience: float) -> Redis:
    """A client that gives up at once. It speaks RESP 2: under RESP 3 a server's notice can lengthen its patience."""
    return Redis.from_url(url, protocol=2, socket_timeout=patience, socket_connect_timeout=patience, retry=Retry(NoBackoff(), 0))


@dataclass(kw_only=True)
class SharedSpending(Spending):
    """Counts in the Redis at `url`, where subjects are hashed with `secret`: some are addresses of people.

    `workers`: how many processes share the limits while Redis is away. `patience`: seconds that a request waits for it.
    """

    url: str = field(repr=False)
    secret: bytes = field(repr=False)
    workers: int = 1
    patience: float = PATIENCE_SECONDS
    again: float | None = None  # when to try next; None while Redis is there
    client: Redis = field(init=False, repr=False)
    take_script: Script = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.client = connect(self.url, self.patience)
        self.take_script = self.client.register_script(TAKE)

    def spend(self, budgets: Sequence[Budget], points: int = 1) -> Left:
        return self.share(budgets, points, bounded=True) or super().spend(self.own(budgets), points)

    def settle(self, budgets: Sequence[Budget], points: int, paid_from: Sequence[str]) -> Left:
        return self.share(budgets, points, paid_from) or super().settle(self.own(budgets), points, paid_from)

    def left(self, budgets: Sequence[Budget]) -> Left:
        return self.share(budgets, 0) or super().left(self.own(budgets))

    @property
    def is_away(self) -> bool:
        return self.again is not None

    def own(self, budgets: Sequence[Budget]) -> list[Budget]:
        """This worker's part of the budgets."""
        return [replace(budget, points=max(1, budget.points // self.workers)) for budget in budgets]

    def share(self, budgets: Sequence[Budget], points: int, paid_from: Sequence[str] = (), *, bounded: bool = False) -> Left | None:
        """None while Redis is away. Raises Limited."""
        if not self.may_try():
            return None
        try:
            refused, minutes = self.ask(budgets, points, paid_from, bounded=bounded)
        except AWAY as error:
            self.leave(error)
            return None
        self.come_back()
        if refused:
            raise used_up(budgets[refused - 1], minutes[refused - 1][1])
        return tightest(budgets, minutes)

    def ask(
        self, budgets: Sequence[Budget], points: int, paid_from: Sequence[str] = (), *, bounded: bool = False
    ) -> tuple[int, list[tuple[int, int, str]]]:
        """What TAKE returns, with seconds. Raises one of AWAY."""
        limits = [budget.points for budget in budgets]
        arguments: list[str | int] = [points, MINUTE_SECONDS * 1000, int(bounded), new_id(), *limits, *paid_from]
        refused, *answer = self.take_script([self.key(budget) for budget in budgets], arguments)
        minutes = zip(answer[::3], answer[1::3], answer[2::3], strict=True)
        return refused, [(spent, max(1, round(left / 1000)), minute_id.decode()) for spent, left, minute_id in minutes]

    def key(self, budget: Budget) -> str:
        return "portal:" + hmac.new(self.secret, b"minutes\0" + budget.subject.encode(), hashlib.sha256).hexdigest()[:32]

    def may_try(self) -> bool:
        """While Redis is away one request in a while tries, and the others needn't wait for it."""
        if self.again is None:
            return True
        with self.guard:
            again, at = self.again, self.clock()
            if again is not None and at >= again:
                self.again = at + RETRY_SECONDS
            return again is None or at >= again

    def leave(self, error: Exception) -> None:
        with self.guard:
            away_since, self.again = self.again, self.clock() + RETRY_SECONDS
        if away_since is None:
            log.warning("Redis is away (%s): until it is back this worker counts by itself, with 1/%d of the limits", error, self.workers)

    def come_back(self) -> None:
        if self.again is None:
            return
        with self.guard:
            away_since, self.again = self.again, None
        if away_since is not None:
            log.warning("Redis is back: limits are shared again")
