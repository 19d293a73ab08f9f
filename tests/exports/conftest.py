"""Asking for exports as a client does, and changing records meanwhile."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.db.session import lock
from portal.extensions import db
from tests.people import Robot
from tests.registry import Records

Line = dict[str, Any]


@dataclass
class Got:
    """An export as it came."""

    response: TestResponse

    @property
    def lines(self) -> list[Line]:
        assert self.response.status_code == 200, self.response.get_data(as_text=True)
        return [json.loads(line) for line in gzip.decompress(self.response.data).splitlines()]

    @property
    def rows(self) -> list[Line]:
        return self.lines[:-1]

    @property
    def last(self) -> Line:
        return self.lines[-1]

    @property
    def error(self) -> tuple[int, str]:
        assert self.response.mimetype == "application/json"
        assert self.response.json
        return self.response.status_code, self.response.json["errors"][0]["extensions"]["code"]


Get = Callable[..., Got]


@pytest.fixture
def get(client: FlaskClient, records: Records) -> Get:
    """`get("net", robot, changedSince=…)`."""

    def fetch(tag: str, robot: Robot | None = None, headers: dict[str, str] | None = None, **query: str) -> Got:
        sent = {**(robot.headers if robot else {}), **(headers or {})}
        return Got(client.get(f"/export/{tag}.ndjson.gz", query_string=query, headers=sent))

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
