"""`portal check`: every problem with its cure."""

import signal

import pytest
from redis import Redis

from tests.commands import CommandLine
from tests.redis import RedisServer


def test_a_sound_installation_is_said_to_be_well(demo: CommandLine) -> None:
    said = demo.ok("check")
    assert "local mode" in said.out
    assert said.out.endswith("All is well.\n")


def test_an_unmigrated_database_is_a_problem_with_its_cure(empty: CommandLine) -> None:
    said = empty("check")
    assert said.code == 1
    assert "Problem: The database isn't migrated to this release. Run: portal migrate" in said.out
    assert said.line == "Error: 1 problem found."


def test_secrets_that_others_can_read_are_a_problem_with_its_cure(demo: CommandLine) -> None:
    secrets = demo.data / "secrets.json"
    secrets.chmod(0o644)
    said = demo("check")
    assert said.code == 1
    assert f"Run: chmod 600 {secrets}" in said.out
    secrets.chmod(0o600)
    demo.ok("check")


def test_settings_that_are_missing_are_named(empty: CommandLine) -> None:
    said = empty("check", PORTAL_PUBLIC_URL="https://portal.example.net")
    assert said.code == 1
    assert "PORTAL_DATABASE_URL, PORTAL_SECRET_KEY, PORTAL_PEPPERS, PORTAL_AUDIT_KEY" in said.line


@pytest.mark.sql
def test_several_problems_of_a_production_are_told_at_once(production: CommandLine) -> None:
    production.data.mkdir(mode=0o755)
    said = production("check", PORTAL_PUBLIC_URL="https://portal.example.net", PORTAL_PROXY_HOPS="0")
    assert said.code == 1
    assert f"Run: chmod 700 {production.data}" in said.out
    assert "Set it to the number of your proxies" in said.out
    assert "Run: portal migrate" in said.out
    assert said.line == "Error: 3 problems found."


def test_an_address_that_only_this_machine_can_open_is_a_problem(migrated: CommandLine) -> None:
    said = migrated("check", PORTAL_PUBLIC_URL="http://localhost:8000")
    assert "Set it to the https:// address" in said.out


@pytest.mark.sql
def test_a_changed_pepper_is_a_problem(migrated: CommandLine) -> None:
    said = migrated("check", PORTAL_PEPPERS=f"1:{'x' * 40}")
    assert said.code == 1
    assert "Problem: Pepper 1 of PORTAL_PEPPERS" in said.out


def test_a_server_that_is_away_is_a_problem_told_without_its_password(production: CommandLine) -> None:
    said = production("check", PORTAL_DATABASE_URL="postgresql://portal:hush-hush@127.0.0.1:1/portal")
    assert said.code == 1
    assert "Problem: The database can't be used" in said.out
    assert "hush-hush" not in said.out + said.err


@pytest.mark.needs("redis")
def test_a_redis_that_counts_is_well_and_one_that_is_away_a_problem(demo: CommandLine, redis: RedisServer) -> None:
    assert f"Redis: {redis.url}\n" in demo.ok("check", PORTAL_REDIS_URL=f"{redis.url}?db=1").out
    redis.send(signal.SIGKILL)
    said = demo("check", PORTAL_REDIS_URL=redis.url)
    assert said.code == 1
    assert "Problem: Redis can't be used: " in said.out
    assert "mend PORTAL_REDIS_URL" in said.out


@pytest.mark.needs("redis")
def test_a_redis_that_would_forget_limits_when_it_is_full_is_a_problem(demo: CommandLine, redis: RedisServer) -> None:
    with Redis.from_url(redis.url) as client:
        client.config_set("maxmemory-policy", "volatile-lru")
        demo.ok("check", PORTAL_REDIS_URL=redis.url)  # it is never full
        client.config_set("maxmemory", 100_000_000)
        said = demo("check", PORTAL_REDIS_URL=redis.url)
    assert said.code == 1
    assert "Problem: When Redis is full it drops counts (volatile-lru)" in said.out


def test_the_password_of_a_redis_is_not_shown(demo: CommandLine) -> None:
    said = demo("check", PORTAL_REDIS_URL="redis://portal:hush-hush@127.0.0.1:1/2")
    assert said.code == 1
    assert "Redis: redis://127.0.0.1:1/2\n" in said.out
    assert "hush-hush" not in said.out + said.err
