"""Redis, where workers share their limits."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import click

from portal.limits.budgets import Budget
from portal.limits.redis import AWAY, SharedSpending
from portal.settings import Settings


def about_redis_server(settings: Settings) -> Iterator[str]:
    """A count of nothing, with the script that counts requests, says whether they could be counted there."""
    if settings.redis_url is None:
        click.echo("Note: PORTAL_REDIS_URL isn't set, so one worker counts limits in memory, and several need it.")
        return
    parts = urlsplit(settings.redis_url)
    click.echo(f"Redis: {parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")
    spending = SharedSpending(url=settings.redis_url, secret=settings.secret_key.encode())
    try:
        spending.ask([Budget("failures", "portal check", 1)], 0, bounded=False)
    except AWAY as error:
        yield f"Redis can't be used: {error} Start it, or mend PORTAL_REDIS_URL; until then each worker counts alone."
        return
    yield from about_eviction(spending)


def about_eviction(spending: SharedSpending) -> Iterator[str]:
    """A full Redis that drops counts would forget the limits of keys for those of strangers' addresses."""
    try:
        memory = spending.client.info("memory")
    except AWAY:
        return  # it tells no one
    policy = memory.get("maxmemory_policy", "noeviction")
    if memory.get("maxmemory") and policy != "noeviction":
        yield f"When Redis is full it drops counts ({policy}), and with them limits. Set its maxmemory-policy to noeviction."
