"""What the README, docs/ and the page of a new key print is run as printed; only the address and the way to `portal` are the test's own."""

import ast
import csv
import json
import os
import re
import shlex
import subprocess
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e import conftest as e2e
from tests.e2e.conftest import Portal
from tests.e2e.walks import issue_key, sign_in

HOUSE = Path(__file__).parents[2]
PRINTED = "http://127.0.0.1:8000"
PYTHON = shlex.quote(sys.executable)
GRANTS = ("networks:read", "exchanges:read", "contacts:read")
TOKEN = r"pport_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}"

portal, playwright, chromium = e2e.portal, e2e.playwright, e2e.chromium


def blocks(name: str) -> list[str]:
    """The shell commands that a document prints, a text for each block."""
    return re.findall(r"```sh\n(.*?)```", (HOUSE / name).read_text("utf-8"), flags=re.S)


def block(name: str, words: str) -> str:
    """The one block that holds these words."""
    (found,) = [text for text in blocks(name) if words in text]
    return found


def run(text: str, served: Portal, **variables: str) -> str:
    """What the commands print, asked of the served demo from the house's own folder."""
    environment = e2e.environment(served.data) | {"PEERING_PORTAL_URL": served.url} | variables
    return shell(text.replace(PRINTED, served.url), HOUSE, environment).stdout


def shell(text: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The commands in a shell that stops at the first that fails."""
    script = re.sub(r"\bpython3( run\.py portal)?\b", lambda found: PYTHON + (" -m portal.cli" if found[1] else ""), text)
    ended = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(HOUSE)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended


def test_every_printed_block_is_run_here_or_sets_the_portal_up() -> None:
    scripts = ("network.sh", "follow.py", "with_gql.py", "router_config.py", "find_tokens.py")
    run_here = ("keys issue", "curl ", "portal import", *(f"docs/examples/{name}" for name in scripts))
    set_up = ("python3 run.py test", "--no-demo", "*  portal keys notify")  # a crontab's line; tests/cli runs the command
    printed = [text for name in ("README.md", "docs/README.md") for text in blocks(name)]
    assert [text for text in printed if not any(words in text for words in run_here + set_up)] == []


@pytest.fixture(scope="module")
def token(portal: Portal) -> str:
    """Of the key that the README issues from the command line."""
    printed = run(block("README.md", "keys issue") + '\nprintf %s "$PEERING_PORTAL_KEY"', portal)
    assert re.fullmatch(TOKEN, printed)
    return printed


@pytest.mark.needs("curl")
def test_the_first_query_of_the_readme_is_answered(portal: Portal, token: str) -> None:
    asked = block("README.md", "curl ").partition("\n")[2]  # below the line that stands for the token
    network: Any = json.loads(run(asked, portal, PEERING_PORTAL_KEY=token))["data"]["network"]
    assert network["name"] == "Northlight"
    assert network["ports"]["nodes"]
    assert {"NOC", "POLICY"} <= {contact["role"] for contact in network["contacts"]["nodes"]}


@pytest.mark.needs("curl")
def test_the_examples_run_as_docs_print_them(portal: Portal) -> None:
    first, *others = run(block("docs/README.md", "network.sh"), portal).splitlines()
    assert json.loads(first)["data"]["network"]["name"] == "Northlight"
    assert "AS64500\tNorthlight\tnoc@northlight.example.net" in others
    peers = list(csv.reader(line for line in others if "\t" not in line))
    assert len(peers) > 2
    assert len({len(row) for row in peers}) == 1


def test_sessions_for_routers_are_made_as_docs_print_them(portal: Portal, token: str, tmp_path: Path) -> None:
    asked = block("docs/README.md", "router_config.py").replace("docs/examples", str(HOUSE / "docs" / "examples"))
    environment = e2e.environment(portal.data) | {"PEERING_PORTAL_KEY": token, "PEERING_PORTAL_URL": portal.url}
    shell(asked, tmp_path, environment)
    made = (tmp_path / "peers.conf").read_text("utf-8")
    lines = [line for line in made.splitlines() if not line.startswith("#")]
    sessions = re.findall(r"local (\S+) as 64500; neighbor (\S+) as (\d+);\n  ipv([46]) \{ (import limit \d+ action restart; )?", made)
    assert len(sessions) * 3 == len(lines) > 30
    assert len({session[:2] for session in sessions}) == len(sessions)
    assert all(ip_address(address).version == int(session[3]) for session in sessions for address in session[:2])


def test_the_client_library_finds_peers_as_docs_print_it(portal: Portal, token: str) -> None:
    peers = [line.split("\t") for line in run(block("docs/README.md", "with_gql.py"), portal, PEERING_PORTAL_KEY=token).splitlines()]
    assert len(peers) > 2
    assert {len(row) for row in peers} == {4}
    assert any("@" in row[3] for row in peers)


@pytest.mark.needs("curl")
def test_a_kept_answer_is_not_sent_again(portal: Portal, token: str, tmp_path: Path) -> None:
    asked = block("docs/README.md", "--etag-save").replace(PRINTED, portal.url).replace("curl ", "curl --write-out '%{http_code}' ", 1)
    environment = e2e.environment(portal.data) | {"PEERING_PORTAL_KEY": token}
    assert [shell(asked, tmp_path, environment).stdout for _ in range(2)] == ["200", "304"]
    assert {"asn": 64500, "name": "Northlight"} in json.loads((tmp_path / "networks.json").read_text())["data"]["networks"]["nodes"]


@pytest.mark.needs("curl")
def test_a_mirror_is_kept_as_docs_print_it(portal: Portal, token: str, tmp_path: Path) -> None:
    asked = block("docs/README.md", "/export/").replace(PRINTED, portal.url).replace("docs/examples", str(HOUSE / "docs" / "examples"))
    environment = e2e.environment(portal.data) | {"PEERING_PORTAL_KEY": token, "PEERING_PORTAL_URL": portal.url}
    last, *first = shell(asked, tmp_path, environment).stdout.splitlines()
    _, *again = shell(asked, tmp_path, environment).stdout.splitlines()
    assert json.loads(last)["complete"]
    assert [line.partition(":")[0] for line in first] == ["net", "netixlan", "poc"]
    assert [line.partition(" came, ")[2] for line in again] == [line.partition(" came, ")[2] for line in first]
    rows = json.loads((tmp_path / "mirror" / "netixlan.json").read_text())["rows"]
    assert len(rows) == json.loads(last)["rows"]


@pytest.mark.needs("curl")
def test_a_key_is_told_who_it_is_as_docs_print_it(portal: Portal, token: str) -> None:
    told = json.loads(run(block("docs/README.md", "/api/whoami"), portal, PEERING_PORTAL_KEY=token))
    assert {scope["scope"] for scope in told["key"]["scopes"]} == set(GRANTS)


@pytest.mark.needs("curl")
def test_a_leaked_token_is_found_and_ended_as_docs_print_it(portal: Portal, tmp_path: Path) -> None:
    issued = block("README.md", "keys issue").replace("from the shell", "leaked")
    leaked = run(issued + '\nprintf %s "$PEERING_PORTAL_KEY"', portal)
    asked = block("docs/README.md", "find_tokens.py").replace("docs/examples", str(HOUSE / "docs" / "examples"))
    environment = e2e.environment(portal.data) | {"PEERING_PORTAL_KEY": leaked, "PEERING_PORTAL_URL": portal.url}
    told = shell(asked, tmp_path, environment).stdout
    assert told.splitlines() == [f"leaked.txt:1: {leaked[:18]}"] * 2
    who = block("docs/README.md", "/api/whoami").replace("--fail-with-body ", "")
    assert "reported as leaked" in run(who, portal, PEERING_PORTAL_KEY=leaked)


def test_changes_are_followed_as_docs_print_it(portal: Portal, token: str, tmp_path: Path) -> None:
    asked = block("docs/README.md", "follow.py").replace("docs/examples", str(HOUSE / "docs" / "examples"))
    environment = e2e.environment(portal.data) | {"PEERING_PORTAL_KEY": token, "PEERING_PORTAL_URL": portal.url}
    first, again = (shell(asked, tmp_path, environment).stdout.splitlines() for _ in range(2))
    kept = json.loads((tmp_path / "ports.json").read_text())["ports"]
    assert len(first) == len(kept) > 10
    assert all(line.startswith("+ netixlan:") for line in first)
    assert again == []


def test_real_data_comes_in_as_the_readme_prints_it(tmp_path: Path) -> None:
    dump = {"org": {"data": [{"id": 4, "name": "Example Four", "status": "ok"}]}}
    (tmp_path / "peeringdb.json").write_text(json.dumps(dump))
    migrated = "PORTAL_DATA=registry python3 run.py portal migrate\n"  # as `run.py --no-demo` does before it serves
    said = shell(migrated + block("README.md", "portal import"), tmp_path, dict(os.environ))
    assert "you@example.net is an admin of organization 4." in said.stderr


@pytest.mark.needs("chromium", "curl")
def test_the_snippets_of_a_new_keys_page_run_as_printed(portal: Portal, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, portal)
    token = issue_key(page, portal, "snippets", *GRANTS)
    _, whoami, _, export, curl, python = page.locator("main pre").all_inner_texts()
    context.close()
    assert json.loads(run(whoami, portal))["key"]["name"] == "snippets"
    answers = [json.loads(run(f"{export}\n{curl}", portal)), ast.literal_eval(run(f"{export}\npython3 -c {shlex.quote(python)}", portal))]
    assert token in export
    for answer in answers:
        assert answer["data"]["viewer"]["key"]["name"] == "snippets"
        assert answer["data"]["viewer"]["organization"]["name"] == "Northlight Networks"
