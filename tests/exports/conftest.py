"""Asking for exports as a client does, and changing records meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.db.session import lock
from portal.extensions import db
from tests.exports.responses import Export, Get
from tests.people import Robot
from tests.registry import Records


@pytest.fixture
def get(client: FlaskClient, records: Records) -> Get:
    """`get("net", robot, changedSince=…)`."""

    def fetch(tag: str, robot: Robot | None = None, headers: dict[str, str] | None = None, **query: str) -> Export:
        sent = {**(robot.headers if robot else {}), **(headers or {})}
        return Export(client.get(f"/export/{tag}.ndjson.gz", query_string=query, headers=sent))

    return fetch


@pytest.fixture
def change(app: Flask) -> Callable[..., None]:
    """`change(Network, 5, name="New")`: in a write of its own."""

    def write(model: Any, number: int, **values: Any) -> None:
        with app.app_context():
            lock(db.session())
            for name, value in values.items():
                setattr(db.session.get_one(model, number), name, value)
            db.session.commit()

    return write
