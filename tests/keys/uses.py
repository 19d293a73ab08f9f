"""Uses of keys, as processes count them."""

from datetime import datetime

from flask import Flask

from portal.access.principal import Kind, Principal
from portal.api_keys.usage.counts import Counts, Use
from portal.api_keys.usage.store import write
from portal.extensions import db
from tests.people import Robot

SOURCE = ("192.0.2.1", "curl/8")


def caller(key: Robot, address: str = "192.0.2.7") -> Principal:
    return Principal(Kind.KEY, key.key_id, "robot", organization_id=key.organization_id, address=address, user_agent="curl/8" + "x" * 300)


def count_uses(app: Flask, *uses: tuple[Robot, datetime, int], outcome: str = "ok") -> None:
    """What one process counted and writes at once."""
    counts = Counts()
    for key, at, points in uses:
        counts.use(key.key_id, SOURCE, Use(outcome, points), at)
    with app.app_context():
        write(db.session(), counts)
