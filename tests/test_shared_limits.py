"""The one budget in Redis: workers share it, a Redis that dies or hangs stops nobody, and no address can be read there."""

import logging
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from portal.errors import Limited
from portal.limits.budgets import Budget, Left, failures_of
from portal.limits.charge import Charge
from portal.limits.memory import Spending
from portal.limits.redis import PATIENCE_SECONDS, RETRY_SECONDS, SharedSpending
from tests.budgets import KEY, ORGANIZATION, Clock
from tests.redis import RedisServer

pytestmark = pytest.mark.needs("redis")
SECRET = b"s" * 40
ELSEWHERE = """
import sys
from portal.limits.budgets import Budget
from portal.limits.redis import SharedSpending
spending = SharedSpending(url=sys.argv[1], secret=b"s" * 40, patience=30)
print(spending.spend([Budget("key", "key a", 3)]).points)
"""


def shared(server: RedisServer, *, patience: float = 30, **more: Any) -> SharedSpending:
    """Patient, as it is the machine that is slow here unless a test says otherwise."""
    return SharedSpending(url=server.url, secret=more.pop("secret", SECRET), patience=patience, **more)


def test_two_processes_spend_one_budget(redis: RedisServer) -> None:
    spending = shared(redis)
    assert spending.spend([KEY]).points == 2
    command = [sys.executable, "-c", ELSEWHERE, redis.url]
    said = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout == "1\n"
    assert spending.spend([KEY]).points == 0
    with pytest.raises(Limited) as refused:
        spending.spend([KEY])
    assert 1 <= refused.value.retry_after <= 60
    assert "3 points a minute for an API key is used up" in refused.value.message


def test_redis_and_memory_count_alike(redis: RedisServer) -> None:
    """The same acts, each answered in the same way."""
    acts: list[tuple[str, list[Budget], int]] = [
        ("spend", [KEY, ORGANIZATION], 1),
        ("settle", [KEY, ORGANIZATION], 7),
        ("spend", [KEY, ORGANIZATION], 1),
        ("settle", [KEY, ORGANIZATION], -2),
        ("spend", [ORGANIZATION], 1),
        ("settle", [KEY, ORGANIZATION], -100),
        ("spend", [KEY, ORGANIZATION], 2),
        ("spend", [ORGANIZATION, KEY], 1),
        ("spend", [KEY, ORGANIZATION], 1),
        ("settle", [failures_of("198.51.100.7")], -1),
        ("spend", [failures_of("198.51.100.7")], 1),
    ]
    alone, together = Spending(), shared(redis)
    assert list(outcomes(together, acts)) == list(outcomes(alone, acts))


def outcomes(spending: Spending, acts: list[tuple[str, list[Budget], int]]) -> Iterator[tuple[str, int]]:
    """What each act leaves. Points are given back to the minutes of the newest payment of the same budgets, if there was any."""
    paid_from: dict[str, str] = {}
    for verb, budgets, points in acts:
        more = [[paid_from.get(budget.subject, "") for budget in budgets]] if verb == "settle" else []
        try:
            left: Left = getattr(spending, verb)(budgets, points, *more)
        except Limited as error:
            yield error.message.split(" is used up")[0], 0
            continue
        paid_from |= dict(zip([budget.subject for budget in budgets], left.minutes, strict=True))
        yield left.budget.name, left.points


def test_what_is_given_back_late_is_not_given_to_the_next_minute(redis: RedisServer) -> None:
    spending, client = shared(redis), Redis.from_url(redis.url)
    budgets = [Budget("key", "key a", 1000), Budget("organization", "organization 1", 5000)]
    in_time, late, later = (Charge(spending, budgets) for _ in range(3))
    in_time.pay(4)
    in_time.settle(1)
    late.pay(4)
    key = spending.key(budgets[0])
    client.pexpire(key, 1)
    while client.exists(key):
        pass
    later.pay(900)
    late.settle(1)
    assert spending.left(budgets[:1]).points == 100, "this minute has begun since then"
    assert spending.left(budgets[1:]).points == 5000 - 1 - 1 - 900, "and this one goes on"
    later.settle(1)
    assert spending.left(budgets[:1]).points == 999
    client.close()


def test_what_is_given_back_late_begins_no_minute(redis: RedisServer) -> None:
    with Redis.from_url(redis.url) as client:
        charge = Charge(shared(redis), [KEY])
        charge.pay(3)
        client.delete(*client.keys())
        charge.settle(1)
        assert client.keys() == []
        assert charge.left
        assert charge.left.points == 3


def test_threads_spend_exactly_the_budget(redis: RedisServer) -> None:
    budget, spendings = Budget("key", "key a", 100), [shared(redis), shared(redis)]

    def spend(number: int) -> bool:
        try:
            spendings[number % 2].spend([budget])
        except Limited:
            return False
        return True

    with ThreadPoolExecutor(20) as threads:
        assert sum(threads.map(spend, range(400))) == 100


def test_a_minute_begins_with_the_first_point_and_ends(redis: RedisServer) -> None:
    spending, client = shared(redis), Redis.from_url(redis.url)
    for _ in range(3):
        spending.spend([KEY])
    (key,) = client.keys()
    assert 0 < client.pttl(key) <= 60_000
    client.pexpire(key, 1)
    while client.exists(key):
        pass
    assert spending.spend([KEY]).points == 2
    client.close()


def test_no_address_and_no_name_can_be_read_in_redis(redis: RedisServer) -> None:
    shared(redis).spend([failures_of("198.51.100.7"), KEY])
    shared(redis, secret=b"t" * 40).spend([failures_of("198.51.100.7")])
    with Redis.from_url(redis.url) as client:
        keys = client.keys()
        assert len(keys) == 3, "another secret makes another key"
        assert all(key.startswith(b"portal:") and len(key) == 39 for key in keys)
        assert b"198.51" not in b"".join([*keys, *(value for key in keys for value in client.hgetall(key).values())])


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP], ids=["dies", "hangs"])
def test_a_redis_that_dies_or_hangs_leaves_each_worker_its_share(
    redis: RedisServer, fault: signal.Signals, caplog: pytest.LogCaptureFixture
) -> None:
    clock, budget = Clock(), Budget("key", "key a", 8)
    spending = shared(redis, workers=4, patience=PATIENCE_SECONDS, clock=clock)
    with caplog.at_level(logging.WARNING):
        redis.send(fault)
        lefts = [spending.spend([budget]) for _ in range(2)]
        assert [(left.points, left.budget.points) for left in lefts] == [(1, 2), (0, 2)]
        with pytest.raises(Limited, match="2 points"):
            spending.spend([budget])
        clock.at += RETRY_SECONDS
        with pytest.raises(Limited, match="2 points"):
            spending.spend([budget])
    assert len(caplog.records) == 1, "an outage is told once"
    assert "Redis is away" in caplog.text
    assert "1/4 of the limits" in caplog.text


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP], ids=["died", "hung"])
def test_a_redis_that_comes_back_is_used_again(redis: RedisServer, fault: signal.Signals, caplog: pytest.LogCaptureFixture) -> None:
    clock, budget = Clock(), Budget("key", "key a", 8)
    spending = shared(redis, workers=4, patience=PATIENCE_SECONDS, clock=clock)
    spending.spend([budget])
    with caplog.at_level(logging.WARNING):
        redis.send(fault)
        assert spending.spend([budget]).budget.points == 2
        if fault is signal.SIGKILL:
            redis.start()
        else:
            redis.send(signal.SIGCONT)
        assert spending.left([budget]).budget.points == 2, "not before it is time to try again"
        spending.client.connection_pool.connection_kwargs |= {"socket_timeout": 30, "socket_connect_timeout": 30}
        clock.at += RETRY_SECONDS
        assert spending.left([budget]).budget.points == 8
        points = {spending.spend([Budget("key", f"key {number}", number)]).points for number in range(10, 20)}
        assert points == set(range(9, 19)), "no answer of before is taken for another's"
    assert [record.message.split(" (")[0] for record in caplog.records] == ["Redis is away", "Redis is back: limits are shared again"]


def test_a_redis_that_refuses_to_count_is_as_good_as_away(redis: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    with Redis.from_url(redis.url) as client:
        client.config_set("maxmemory", 1)
    assert shared(redis, workers=2).spend([Budget("key", "key a", 8)]).budget.points == 4
    assert "Redis is away" in caplog.text


def test_a_share_is_at_least_one_point(tmp_path: Path) -> None:
    spending = SharedSpending(url=f"unix://{tmp_path}/nothing", secret=SECRET, workers=64)
    assert spending.spend([KEY]).points == 0
