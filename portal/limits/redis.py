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
from portal.limits.memory import Spending

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.05  # seconds that a request waits for Redis
AWAY = (RedisError, OSError)
RETRY_SECONDS = 5  # seconds until the next request tries, while Redis is away
# Takes the points from all subjects or, when bounded and one has spent its limit, from none. A subject's minute begins with the first.
# KEYS: the subjects. ARGV: points, milliseconds of a minute, whether bounded, each subject's limit.
# Returns the number of the subject that is used up, or 0; then of each subject what is spent, and the milliseconds left of its minute.
TAKE = """
local answer, spent = {0}, {}
for i, key in ipairs(KEYS) do
  spent[i] = tonumber(redis.call('GET', key) or '0')
  if ARGV[3] == '1' and answer[1] == 0 and spent[i] >= tonumber(ARGV[3 + i]) then answer[1] = i end
end
for i, key in ipairs(KEYS) do
  local left = redis.call('PTTL', key)
  if answer[1] == 0 then
    spent[i] = math.max(0, spent[i] + tonumber(ARGV[1]))
    if left <= 0 then left = tonumber(ARGV[2]) end
    redis.call('SET', key, spent[i], 'PX', left)
  end
  answer[2 * i], answer[2 * i + 1] = spent[i], left
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
    take: Script = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.client = connect(self.url, self.patience)
        self.take = self.client.register_script(TAKE)

    def spend(self, budgets: Sequence[Budget], points: int = 1) -> Left:
        return self.share(budgets, points, bounded=True) or super().spend(self.own(budgets), points)

    def settle(self, budgets: Sequence[Budget], points: int) -> Left:
        return self.share(budgets, points, bounded=False) or super().settle(self.own(budgets), points)

    def own(self, budgets: Sequence[Budget]) -> list[Budget]:
        """This worker's part of the budgets."""
        return [replace(budget, points=max(1, budget.points // self.workers)) for budget in budgets]

    def share(self, budgets: Sequence[Budget], points: int, *, bounded: bool) -> Left | None:
        """None while Redis is away. Raises Limited."""
        if not self.may_try():
            return None
        try:
            refused, *numbers = self.ask(budgets, points, bounded=bounded)
        except AWAY as error:
            self.leave(error)
            return None
        self.come_back()
        waits = [max(1, round(left / 1000)) for left in numbers[1::2]]
        if refused:
            raise used_up(budgets[refused - 1], waits[refused - 1])
        subjects = zip(budgets, numbers[::2], waits, strict=True)
        return min((Left(budget, max(0, budget.points - used), wait) for budget, used, wait in subjects), key=lambda left: left.points)

    def ask(self, budgets: Sequence[Budget], points: int, *, bounded: bool) -> list[int]:
        """What TAKE returns. Raises one of AWAY."""
        limits = [budget.points for budget in budgets]
        numbers: list[int] = self.take([self.key(budget) for budget in budgets], [points, MINUTE_SECONDS * 1000, int(bounded), *limits])
        return numbers

    def key(self, budget: Budget) -> str:
        return "portal:" + hmac.new(self.secret, b"limits\0" + budget.subject.encode(), hashlib.sha256).hexdigest()[:32]

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
