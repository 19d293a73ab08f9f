"""The account of use of a real server: what two workers count adds up, and one that is killed loses the last seconds at most."""

import json
import os
import signal
import sqlite3
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.api_keys.token import Token, make_token, read_token
from portal.extensions import db
from portal.models import ApiKey, ApiKeyDay, ApiKeyMissingScope, ApiKeyOperation, ApiKeySource, Refusal
from portal.settings import read
from tests.apps import opened
from tests.commands import CommandLine
from tests.demo import NORTHLIGHT
from tests.redis import RedisServer
from tests.server import Server, served

THREADS, ROUNDS = 8, 20
OPERATIONS = {
    "names": "query names { networks(first: 1) { nodes { name } } }",
    "lacks": "query lacks { networks(first: 1) { nodes { contacts { nodes { email } } } } }",
    "": "{ viewer { address } }",
}
STATUS = {"names": 200, "lacks": 403, "": 200}


@dataclass
class Stored:
    """What the database says of a key."""

    day: ApiKeyDay | None
    operations: dict[str, tuple[int, int]]
    scopes: dict[str, int]
    agents: set[str]
    refused: int


def stored(portal: CommandLine, key_id: str) -> Stored:
    with opened(read(portal.environ)) as app, app.app_context():
        session = db.session()
        day = session.scalars(select(ApiKeyDay).where(ApiKeyDay.api_key_id == key_id)).one_or_none()
        operations = session.scalars(select(ApiKeyOperation).where(ApiKeyOperation.api_key_id == key_id))
        scopes = session.scalars(select(ApiKeyMissingScope).where(ApiKeyMissingScope.api_key_id == key_id))
        agents = session.scalars(select(ApiKeySource.user_agent).where(ApiKeySource.api_key_id == key_id))
        refused = session.scalar(select(func.sum(Refusal.requests)).where(Refusal.api_key_id == key_id, Refusal.reason == "secret"))
        usage = Stored(
            day,
            {row.name: (row.requests, row.failed) for row in operations},
            {row.scope: row.requests for row in scopes},
            set(agents),
            refused or 0,
        )
        session.expunge_all()
        db.session.remove()
    return usage


def ask(server: Server, token: str, query: str, agent: str = "script/1") -> int:
    """The status, on a connection of its own, so that either worker may get it."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "User-Agent": agent}
    body = json.dumps({"query": query}).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{server.url}/graphql", body, headers), timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def wait_for(portal: CommandLine, statement: str, key_id: str) -> None:
    """Until the server has written such a row."""
    with closing(sqlite3.connect(portal.data / "portal.sqlite3")) as connection:
        ends = time.monotonic() + 60
        while not connection.execute(statement, (key_id,)).fetchall():
            assert time.monotonic() < ends, "it has written nothing for a minute"
            time.sleep(0.02)


@pytest.mark.sql
@pytest.mark.needs("redis")
def test_what_two_workers_count_at_once_adds_up(migrated: CommandLine, redis: RedisServer) -> None:
    migrated.ok("demo")
    options = ("--organization", NORTHLIGHT, "--name", "robot", "--notify", "noc@example.net", "--grant", "networks:read", "--json")
    key = migrated.ok("keys", "issue", *options).json
    read_again = read_token(key["token"])
    assert read_again
    wrong = Token(read_again.token_id, make_token().secret).reveal()

    def load(thread: int) -> Counter[int]:
        answers: Counter[int] = Counter()
        for turn in range(ROUNDS):
            name = list(OPERATIONS)[turn % 3]
            answers[ask(server, key["token"], OPERATIONS[name], f"script/{thread}")] += 1
            answers[ask(server, wrong, OPERATIONS[name])] += turn < 2
        return answers

    with served(migrated, "--workers", "2", PORTAL_REDIS_URL=redis.url) as server:
        with ThreadPoolExecutor(THREADS) as pool:
            answers = sum(pool.map(load, range(THREADS)), Counter())
        server.end(signal.SIGTERM)
    usage = stored(migrated, key["keyId"])
    assert usage.day
    per_name = {name: THREADS * len(range(place, ROUNDS, 3)) for place, name in enumerate(OPERATIONS)}
    assert (answers[200], answers[403]) == (per_name["names"] + per_name[""], per_name["lacks"])
    assert (usage.day.ok, usage.day.denied, usage.day.limited, usage.day.errors) == (answers[200], answers[403], 0, 0)
    assert usage.operations == {name: (number, number if name == "lacks" else 0) for name, number in per_name.items()}
    assert usage.scopes == {"contacts:read": per_name["lacks"]}
    assert len(usage.agents) == 5
    assert usage.refused == THREADS * ROUNDS


def test_a_killed_server_loses_no_more_than_it_counted_since_its_last_flush(
    demo: CommandLine, issued: Callable[..., dict[str, Any]]
) -> None:
    key = issued("--grant", "networks:read")
    with served(demo) as server:
        for _ in range(20):
            assert ask(server, key["token"], OPERATIONS["names"]) == 200
        wait_for(demo, "SELECT 1 FROM api_key_day WHERE api_key_id = ? AND ok = 20", key["keyId"])
        for _ in range(7):
            assert ask(server, key["token"], OPERATIONS["names"]) == 200
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.communicate(timeout=60)
    usage = stored(demo, key["keyId"])
    assert usage.day
    assert 20 <= usage.day.ok <= 27
    assert usage.operations == {"names": (usage.day.ok, 0)}, "a flush is whole or not there"
    with opened(read(demo.environ)) as app, app.app_context():
        assert db.session.get_one(ApiKey, key["keyId"]).last_used_at is not None
        db.session.remove()
