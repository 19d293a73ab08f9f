"""`portal serve` with several workers, which count together in Redis."""

import json
import signal
import urllib.error
import urllib.request
from collections import Counter

import pytest

from tests.commands import CommandLine
from tests.redis import RedisServer
from tests.server import QUERY, Server, served

pytestmark = pytest.mark.needs("redis")
AN_ADDRESS_HAS = 60
JSON = {"Content-Type": "application/json"}


def ask(server: Server) -> int:
    """The status of a question without a key, on a connection of its own, so that either worker may get it."""
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{server.url}/graphql", QUERY, JSON), timeout=30) as answer:
            assert json.load(answer)["data"]
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_workers_share_the_limit_and_outlive_their_redis(demo: CommandLine, redis: RedisServer) -> None:
    with served(demo, "--workers", "2", PORTAL_REDIS_URL=redis.url) as server:
        assert Counter(ask(server) for _ in range(AN_ADDRESS_HAS + 10)) == {200: AN_ADDRESS_HAS, 429: 10}
        redis.send(signal.SIGKILL)
        alone = Counter(ask(server) for _ in range(AN_ADDRESS_HAS + 10))
        assert 1 <= alone[200] <= AN_ADDRESS_HAS, "each worker has half of it"
        assert alone.keys() == {200, 429}
        _, said = server.end(signal.SIGTERM)
    lines = said.splitlines()
    assert 1 <= len(lines) <= 2, "each worker tells an outage once"
    assert all("Redis is away" in line and "1/2 of the limits" in line for line in lines), said
