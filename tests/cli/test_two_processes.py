"""Two served portals on one database: a key that is revoked through one is refused by the other on its very next request, every time.

PORTAL_TEST_REVOCATIONS sets how many (by default 10, and 25 with `--repetitions=all`).
"""

import http.client
import json
import os
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import select

from portal.access.permissions import Permission, Role
from portal.access.principal import COMMAND_LINE
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.db.session import lock, next_id, now
from portal.extensions import db
from portal.models import ApiKey, Membership, Person
from portal.registry.organizations import Organization
from portal.settings import read
from tests.apps import opened
from tests.browser import CSRF
from tests.commands import CommandLine
from tests.people import DIGEST, PASSWORD
from tests.repetitions import Dose
from tests.server import Server, served

TIMES = os.environ.get("PORTAL_TEST_REVOCATIONS")
QUESTION = json.dumps({"query": "{ viewer { key { name } } }"})
PORTAL = "https://portal.example.net"


@dataclass
class Connection:
    """One connection to a server behind a proxy of ours, with a cookie jar of its own."""

    server: Server
    cookies: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> "Connection":
        self.http = http.client.HTTPConnection(urlsplit(self.server.url).netloc, timeout=30)
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def send(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
        sent = {"Host": urlsplit(PORTAL).netloc, "X-Forwarded-Proto": "https", "Referer": PORTAL, **headers}
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.http.request(method, path, body, {name.replace("_", "-"): value for name, value in sent.items()})
        answer = self.http.getresponse()
        for given in answer.headers.get_all("Set-Cookie", []):
            name, _, value = given.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.read().decode()

    def post_form(self, path: str, **fields: str) -> int:
        return self.send("POST", path, urlencode(fields), Content_Type="application/x-www-form-urlencoded", X_Forwarded_For="192.0.2.1")[0]

    def csrf(self, path: str) -> str:
        match = CSRF.search(self.send("GET", path)[1])
        assert match
        return match[1]

    def ask(self, token: str, address: str) -> int:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "X-Forwarded-For": address}
        return self.send("POST", "/graphql", QUESTION, **headers)[0]


def fill(portal: CommandLine, times: int) -> tuple[int, dict[str, str]]:
    """An organization with an admin, and key id → token."""
    with opened(read(portal.environ)) as app, app.app_context():
        session = db.session()
        lock(session)
        organization = next_id(session)
        session.add(Organization(id=organization, name="Example Org", latitude=None, longitude=None))
        alice = Person(email="alice@example.net", name="Alice", password_digest=DIGEST)
        session.add(alice)
        session.flush()
        session.add(Membership(organization_id=organization, person_id=alice.id, role=Role.ADMIN))
        tokens = {}
        for number in range(times):
            draft = Draft(f"key {number}", "noc@example.net", now().date() + timedelta(days=9), grants={Permission.NETWORKS_READ: None})
            key, token = issue(session, COMMAND_LINE, organization, draft)
            tokens[key.id] = token.reveal()
        session.commit()
        return organization, tokens


@pytest.mark.sql
def test_a_key_that_is_revoked_through_one_is_refused_by_the_other_at_once(migrated: CommandLine, dose: Dose) -> None:
    organization, tokens = fill(migrated, int(TIMES or dose(10, 25)))
    with served(migrated) as one, served(migrated) as other, Connection(one) as page, Connection(other) as script:
        assert page.post_form("/login", csrf_token=page.csrf("/login"), email="alice@example.net", password=PASSWORD) == 302
        keys = f"/organizations/{organization}/keys"
        proof = page.csrf(f"{keys}/{next(iter(tokens))}/revoke")
        answers = []
        for number, (key_id, token) in enumerate(tokens.items()):
            address = f"198.51.{number // 250}.{number % 250}"
            before = script.ask(token, address)
            revoked = page.post_form(f"{keys}/{key_id}/revoke", csrf_token=proof, reason="", sure="y")
            answers.append((before, revoked, script.ask(token, address)))
    assert [answer for answer in answers if answer != (200, 302, 401)] == []
    with opened(read(migrated.environ)) as app, app.app_context():
        assert db.session.scalars(select(ApiKey.id).where(ApiKey.revoked_at.is_(None))).all() == []
        db.session.remove()
