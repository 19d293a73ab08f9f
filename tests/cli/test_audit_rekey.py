"""`portal audit rekey`: the whole chain fits the new key, and the old one is worth nothing any more."""

import json
import signal
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection

import pytest
from sqlalchemy import select, text

from portal.access.principal import COMMAND_LINE
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.db.session import now
from portal.models import ApiKeyToken
from portal.registry.organizations import Organization
from tests.cli.registry_with_keys import READ, fill, issue_key, session_of
from tests.commands import CommandLine
from tests.server import Server, served

pytestmark = pytest.mark.sql

NEW = "n" * 40


@pytest.fixture
def portal(migrated: CommandLine) -> CommandLine:
    fill(migrated, 2)
    return migrated


@pytest.fixture
def rekeyed(portal: CommandLine) -> CommandLine:
    portal.ok("audit", "rekey", PORTAL_NEW_AUDIT_KEY=NEW)
    return CommandLine(portal.folder, {**portal.environ, "PORTAL_AUDIT_KEY": NEW})


def head_of(portal: CommandLine) -> str:
    return str(portal.ok("audit", "verify", "--json").json["head"])


def test_the_new_key_fits_every_row_and_those_to_come(rekeyed: CommandLine) -> None:
    before = rekeyed.ok("audit", "verify", "--json").json["rows"]
    organization = json.loads(rekeyed.ok("audit", "export").out.splitlines()[-2])["organization"]
    with session_of(rekeyed) as session:
        issue_key(session, organization, "later")
        session.commit()
    assert rekeyed.ok("audit", "verify", "--json").json["rows"] == before + 1
    assert json.loads(rekeyed.ok("audit", "export").out.splitlines()[-2])["event"] == "audit.rekeyed"


def test_the_old_key_fits_nothing(portal: CommandLine, rekeyed: CommandLine) -> None:
    assert portal("audit", "verify").code == 1


def test_a_portal_that_runs_on_with_the_old_key_breaks_nothing(portal: CommandLine) -> None:
    with session_of(portal) as session:
        organization_id = session.scalar(select(Organization.id))
        drafts = [Draft(f"robot {number}", "noc@example.net", now().date() + timedelta(days=9), grants=READ) for number in range(3)]
        tokens = [issue(session, COMMAND_LINE, organization_id or 0, draft)[1].reveal() for draft in drafts]
        session.commit()
    with served(portal) as server:
        assert report(server, tokens[0]) == (204, None)
        said = portal.ok("audit", "rekey", PORTAL_NEW_AUDIT_KEY=NEW).out
        assert "refuse acts until they are restarted" in said
        assert [report(server, token) for token in tokens[1:]] == [(503, "SERVICE_UNAVAILABLE")] * 2
        _, log = server.end(signal.SIGTERM)
    assert log.count("Restart the portal with the new key.") == 1
    portal.ok("audit", "verify", PORTAL_AUDIT_KEY=NEW)
    with session_of(portal) as session:
        assert len(session.scalars(select(ApiKeyToken.token_id).where(ApiKeyToken.leaked_at.is_not(None))).all()) == 1


def report(server: Server, token: str) -> tuple[int, str | None]:
    """An act that belongs in the audit. Returns the status and an error's code."""
    headers = {"Host": "portal.example.net", "X-Forwarded-For": "192.0.2.1", "Content-Type": "application/json"}
    connection = HTTPConnection(server.url.removeprefix("http://"), timeout=30)
    with closing(connection):
        connection.request("POST", "/api/leaked-keys", json.dumps({"tokens": [token]}), headers)
        answer = connection.getresponse()
        body = answer.read()
    return answer.status, json.loads(body)["errors"][0]["extensions"]["code"] if body else None


def test_the_head_that_was_noted_before_is_known_and_no_other(portal: CommandLine) -> None:
    number, _, mac = head_of(portal).partition(":")
    portal.ok("audit", "rekey", PORTAL_NEW_AUDIT_KEY=NEW)
    rekeyed = CommandLine(portal.folder, {**portal.environ, "PORTAL_AUDIT_KEY": NEW})
    rekeyed.ok("audit", "verify", "--head", f"{number}:{mac}")
    rekeyed.ok("audit", "verify", "--head", head_of(rekeyed))
    for other in (f"{number}:{mac[::-1]}", f"1:{'0' * 64}"):
        said = rekeyed("audit", "verify", "--head", other)
        assert (said.code, "before the audit key was changed" in said.out) == (1, True)


def test_a_pruned_audit_can_change_its_key(demo: CommandLine) -> None:
    stored = json.loads((demo.data / "secrets.json").read_text())
    url = f"sqlite:///{demo.data / 'portal.sqlite3'}"
    portal = CommandLine(
        demo.folder, {**demo.environ, **stored, "PORTAL_DATABASE_URL": url, "PORTAL_PUBLIC_URL": "https://portal.example.net"}
    )
    assert "Removed" in portal.ok("audit", "prune", "--before", datetime.now(UTC).date().isoformat()).out
    head = head_of(portal)
    portal.ok("audit", "rekey", PORTAL_NEW_AUDIT_KEY=NEW)
    portal.ok("audit", "verify", "--head", head, PORTAL_AUDIT_KEY=NEW)


def test_a_chain_that_is_not_whole_is_not_made_anew(portal: CommandLine) -> None:
    with session_of(portal) as session:
        session.execute(text("UPDATE audit_row SET actor_name = 'Nobody' WHERE number = 1"))
        session.commit()
    assert "a new chain would hide it" in portal("audit", "rekey", PORTAL_NEW_AUDIT_KEY=NEW).line


def test_a_key_that_is_short_or_the_same_is_refused(portal: CommandLine, demo: CommandLine) -> None:
    assert "32 random characters" in portal("audit", "rekey").line
    assert "already" in portal("audit", "rekey", PORTAL_NEW_AUDIT_KEY=portal.environ["PORTAL_AUDIT_KEY"]).line
    assert "production settings" in demo("audit", "rekey", PORTAL_NEW_AUDIT_KEY=NEW).line
