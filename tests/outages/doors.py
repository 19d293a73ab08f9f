"""The ways in of a portal whose database is away, and what it says of that."""

from collections.abc import Callable
from dataclasses import dataclass
from time import sleep

import pytest
from flask import Flask

from portal.api_keys.token import make_token
from portal.db.outages.engine_events import guard_of
from portal.errors import PortalError
from portal.extensions import db
from tests.people import Robot

BODIES: dict[str, object] = {
    "/graphql": {"query": "{ networks(first: 1) { nodes { name } } }"},
    "/api/leaked-keys": {"tokens": [make_token().reveal()]},
    "/api/rotate": {},
}
Outcome = tuple[int, str | None]  # a status and Retry-After
REFUSED: Outcome = (503, "2")


@dataclass
class Doors:
    """One app's."""

    app: Flask
    log: pytest.LogCaptureFixture
    api = ("/graphql", "/export/net.ndjson.gz", "/api/whoami", "/api/leaked-keys", "/api/rotate")

    def ask(self, path: str, key: Robot | None = None) -> Outcome:
        method = "POST" if path in BODIES else "GET"
        answer = self.app.test_client().open(path, method=method, json=BODIES.get(path), headers=key.headers if key else None)
        if answer.status_code == 503 and path in self.api:
            assert answer.json
            assert answer.json["errors"][0]["extensions"]["code"] == "SERVICE_UNAVAILABLE"
        return answer.status_code, answer.headers.get("Retry-After")

    def said(self) -> list[str]:
        """What the portal has logged, each without its details."""
        return [record.getMessage().split(":")[0] for record in self.log.records if record.name.startswith("portal")]

    def wait_until_back(self) -> None:
        """Until the probe has found the database."""
        with self.app.app_context():
            while guard_of(db.engine).away:
                sleep(0.02)

    def refused(self, act: Callable[[], object]) -> PortalError:
        with pytest.raises(PortalError) as error:
            act()
        return error.value
