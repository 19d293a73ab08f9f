"""What docs/keys.md prints is run as printed, but for the address, the way to `portal`, and what stands in for a token or a key's id."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.db.session import now
from portal.models import ApiKeyToken
from tests.docs.blocks import block
from tests.docs.claims import prints, unclaimed
from tests.docs.shells import TOKEN, ask, run, run_in
from tests.e2e import conftest as e2e
from tests.e2e.conftest import Portal
from tests.rows import change_rows

portal = e2e.portal


def test_every_shell_block_about_keys_is_run_by_one_test() -> None:
    assert unclaimed("keys.md") == []


@prints("docs/keys.md", "--template find-peers")
def test_a_key_from_a_template_is_created_as_docs_print_it(printed: str, portal: Portal) -> None:
    identity = json.loads(run(f"{printed}\n{block('docs/keys.md', '/api/whoami').text}", portal))
    assert {scope["scope"] for scope in identity["key"]["scopes"]} == {
        "networks:read",
        "exchanges:read",
        "contacts:read",
        "facilities:read",
    }
    assert identity["rateLimit"]["limit"] == 500


@prints("docs/keys.md", "keys rotate")
def test_a_key_is_rotated_as_docs_print_it(printed: str, portal: Portal) -> None:
    text = printed.replace("key_…", key_of(portal, "rotated")) + '\nprintf %s "$PEERING_PORTAL_KEY"'
    assert re.fullmatch(TOKEN, run(text, portal))


def issue_rotating_key(served: Portal, name: str) -> str:
    """The token of a new key that may rotate itself."""
    options = ("--organization", "1000000000", "--name", name, "--notify", "noc@example.net", "--grant", "keys:rotate_self")
    return served.command("keys", "issue", *options).strip()


@pytest.mark.needs("curl")
@prints("docs/keys.md", "-X POST")
def test_a_key_rotates_itself_as_docs_print_it(printed: str, portal: Portal) -> None:
    old = issue_rotating_key(portal, "rotates itself")
    answer = json.loads(run(printed, portal, PEERING_PORTAL_KEY=old))
    assert re.fullmatch(TOKEN, answer["token"])
    assert answer["oldToken"]["tokenId"] == old[6:18]


@prints("docs/keys.md", "rotate_key.py 30")
def test_a_pipeline_rotates_its_key_without_a_person(printed: str, portal: Portal, tmp_path: Path) -> None:
    """Its first try can't store what it got; the step that is retried replaces it, and one that runs again changes nothing."""
    store, old = tmp_path / "portal-token", issue_rotating_key(portal, "pipeline")
    store.write_text(old)
    assert "the token is 0 days old, so it stays" in run_in(tmp_path, printed, portal)
    with portal.app.app_context():
        change_rows(ApiKeyToken, ApiKeyToken.token_id == old[6:18], created=now() - timedelta(days=31))
    failing = "python3 docs/examples/rotate_key.py 30 'cat portal-token' false || echo failed"
    assert (run_in(tmp_path, failing, portal), store.read_text()) == ("failed\n", old)
    assert "pipeline: the new token is stored." in run_in(tmp_path, printed, portal)
    new = store.read_text()
    assert re.fullmatch(TOKEN, new)
    assert (new != old, store.stat().st_mode & 0o077) == (True, 0)
    assert "so it stays" in run_in(tmp_path, printed, portal)
    assert store.read_text() == new
    for token in (old, new):
        assert ask(portal, token, "{ viewer { key { name } } }")["data"]["viewer"]["key"]["name"] == "pipeline"
    refused = block("docs/keys.md", "-X POST").text.replace("--fail-with-body ", "")
    assert "only the newest can rotate the key" in run(refused, portal, PEERING_PORTAL_KEY=old)


@prints("docs/keys.md", "keys revoke")
def test_the_command_line_does_to_a_key_what_docs_print(printed: str, portal: Portal) -> None:
    key = key_of(portal, "from docs")
    run(printed.replace("key_…", key), portal)
    assert json.loads(portal.command("keys", "show", key, "--json"))["revokedReason"] == "replaced by another key"


def key_of(portal: Portal, name: str) -> str:
    """The id of a new key."""
    options = ("--organization", "1000000000", "--name", name, "--notify", "noc@example.net", "--grant", "networks:read")
    portal.command("keys", "issue", *options)
    keys: list[Any] = json.loads(portal.command("keys", "list", "--organization", "1000000000", "--json"))
    return next(str(key["keyId"]) for key in keys if key["name"] == name)


@pytest.mark.needs("curl")
@prints("docs/keys.md", "/api/whoami")
def test_a_key_is_told_who_it_is_as_docs_print_it(printed: str, portal: Portal) -> None:
    identity = json.loads(run(printed, portal, PEERING_PORTAL_KEY=issue_rotating_key(portal, "who am I")))
    assert [scope["scope"] for scope in identity["key"]["scopes"]] == ["keys:rotate_self"]


@pytest.mark.needs("curl")
@prints("docs/keys.md", "find_tokens.py")
def test_a_leaked_token_is_found_and_ended_as_docs_print_it(printed: str, portal: Portal, tmp_path: Path) -> None:
    issued = block("README.md", "keys issue").text.replace("from the shell", "leaked")
    leaked = run(issued + '\nprintf %s "$PEERING_PORTAL_KEY"', portal)
    output = run_in(tmp_path, printed, portal, PEERING_PORTAL_KEY=leaked)
    assert output.splitlines() == [f"leaked.txt:1: {leaked[:18]}"] * 2
    who = block("docs/keys.md", "/api/whoami").text.replace("--fail-with-body ", "")
    assert "reported as leaked" in run(who, portal, PEERING_PORTAL_KEY=leaked)
