"""What the README, docs/ and the page of a new key print is run as printed, or checked where it can't be run here.

Only the address, the way to `portal`, and what stands in for a token or a key's id are the test's own. test_key_examples.py has what
is printed about keys, test_documents.py the rest.
"""

import ast
import csv
import json
import os
import re
import shlex
import shutil
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

import run as launcher
from graphql_schema import sdl
from tests.docs.blocks import ROOT, Block, answers, block, blocks, documents
from tests.docs.claims import prints, unclaimed
from tests.docs.shells import TOKEN, ask, run, run_in, shell
from tests.e2e import conftest as e2e
from tests.e2e.conftest import Portal
from tests.e2e.journeys import issue_key, visit

GRANTS = ("networks:read", "exchanges:read", "contacts:read")
OF_OTHER_TESTS = ("deploy.md", "backup.md", "keys.md")

portal = e2e.portal


def test_every_shell_block_is_run_or_checked_by_one_test() -> None:
    assert unclaimed(*(path.name for path in documents() if path.name not in OF_OTHER_TESTS)) == []


@pytest.mark.parametrize(("printed", "answer"), answers(), ids=str)
def test_printed_queries_are_answered(printed: Block, answer: Block | None, portal: Portal, token: str) -> None:
    response = ask(portal, token, printed.text)
    if answer:
        assert {name: response[name] for name in json.loads(answer.text)} == json.loads(answer.text)
    else:
        assert "errors" not in response, response
        assert all(response["data"].values())


@pytest.mark.parametrize("printed", blocks("python"), ids=str)
def test_printed_python_runs(printed: Block, portal: Portal, token: str) -> None:
    assert "AS64500 Northlight\n" in run(f"python3 -c {shlex.quote(printed.text)}", portal, PEERING_PORTAL_KEY=token)


@prints("README.md", "run.py test")
def test_the_two_commands_are_those_of_run_py(printed: str) -> None:
    """tests/packaging runs them."""
    commands = [shlex.split(line, comments=True) for line in printed.splitlines()]
    assert commands == [["python3", "run.py"], ["python3", "run.py", "test"]]
    rows = re.findall(r"^\| `--([a-z-]+)( [A-Z]+)?` \|", (ROOT / "README.md").read_text("utf-8"), flags=re.M)
    values = {"N": "2", "DIR": "registry", "": ""}
    options = [part for name, value in rows for part in (f"--{name}", values[value.strip()]) if part]
    assert len(vars(launcher.read_options(options))) == len(rows)


@prints("docs/operate.md", "--no-demo")
def test_run_py_takes_the_options_for_an_empty_registry(printed: str) -> None:
    _, script, *options = shlex.split(printed)
    assert script == "run.py"
    assert launcher.read_options(options).no_demo


@prints("docs/contribute.md", "ruff check")
def test_the_linters_are_those_of_ci(printed: str) -> None:
    ci = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert [line for line in ci if line.startswith(".venv/bin/")] == printed.splitlines()


@prints("docs/contribute.md", "graphql_schema/schema.graphql")
def test_the_schema_is_printed_as_docs_print_it(printed: str, tmp_path: Path) -> None:
    (tmp_path / "graphql_schema").mkdir()
    shell(printed.replace("> ", f"> {shlex.quote(str(tmp_path))}/"), ROOT, dict(os.environ))
    assert (tmp_path / "graphql_schema" / "schema.graphql").read_text("utf-8") == sdl()


@prints("docs/contribute.md", "autogenerate")
def test_a_migration_is_begun_as_docs_print_it(printed: str, tmp_path: Path) -> None:
    for name in ("portal", "graphql_schema", "templates", "static"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "vendor"))
    versions = tmp_path / "portal" / "migrations" / "versions"
    before = set(versions.glob("*.py"))
    environment = dict(os.environ) | {"PORTAL_DATA": str(tmp_path / "data")}
    shell(f"python3 run.py portal migrate\n{printed}", tmp_path, environment, source=tmp_path)
    (written,) = set(versions.glob("*.py")) - before
    assert written.name == f"{len(before) + 1:04}_say_what_changes.py"


@prints("docs/operate.md", "token_urlsafe")
def test_a_printed_secret_is_long_enough(printed: str, portal: Portal) -> None:
    assert len(run(printed, portal).strip()) >= 32


@prints("docs/operate.md", "keys limits")
def test_limits_are_changed_as_docs_print_it(printed: str, portal: Portal) -> None:
    changed, back = run(printed, portal).split("organization", 2)[1:]
    assert "2000" in changed
    assert "1000" in back


@prints("docs/operate.md", "audit verify")
def test_the_audit_is_looked_after_as_docs_print_it(printed: str, portal: Portal, tmp_path: Path) -> None:
    assert "Head: " in run_in(tmp_path, printed, portal)
    assert json.loads((tmp_path / "audit.jsonl").read_text("utf-8").splitlines()[0])


@pytest.fixture(scope="module")
def token(portal: Portal) -> str:
    """Of the key that the README issues from the command line."""
    printed = run(block("README.md", "keys issue").text + '\nprintf %s "$PEERING_PORTAL_KEY"', portal)
    assert re.fullmatch(TOKEN, printed)
    return printed


@prints("README.md", "keys issue")
def test_the_readme_creates_the_key_of_these_tests(printed: str, token: str) -> None:
    assert all(f"--grant {grant}" in printed for grant in GRANTS)
    assert token


@pytest.mark.needs("curl")
@prints("README.md", "curl ")
def test_the_first_query_of_the_readme_is_answered(printed: str, portal: Portal, token: str) -> None:
    command = printed.partition("\n")[2]  # below the line that stands for the token
    network: Any = json.loads(run(command, portal, PEERING_PORTAL_KEY=token))["data"]["network"]
    assert network["name"] == "Northlight"
    assert network["ports"]["nodes"]
    assert {"NOC", "POLICY"} <= {contact["role"] for contact in network["contacts"]["nodes"]}


@pytest.mark.needs("curl")
@prints("docs/query.md", "network.sh")
def test_the_examples_run_as_docs_print_them(printed: str, portal: Portal) -> None:
    first, *others = run(printed, portal).splitlines()
    assert json.loads(first)["data"]["network"]["name"] == "Northlight"
    assert "AS64500\tNorthlight\tnoc@northlight.example.net" in others
    peers = list(csv.reader(line for line in others if "\t" not in line))
    assert len(peers) > 2
    assert len({len(row) for row in peers}) == 1


@prints("docs/query.md", "router_config.py")
def test_sessions_for_routers_are_made_as_docs_print_them(printed: str, portal: Portal, token: str, tmp_path: Path) -> None:
    """test_bird_sessions.py has the rest."""
    run_in(tmp_path, printed, portal, PEERING_PORTAL_KEY=token)
    configuration = (tmp_path / "peers.conf").read_text("utf-8")
    sessions = re.findall(
        r"local (\S+) as 64500;\n  neighbor (\S+) as (\d+);\n  ipv([46]) \{ receive limit \d+ action restart;", configuration
    )
    assert len(sessions) == configuration.count("protocol bgp") > 10
    assert {session[2] for session in sessions} == {"64509", "64496", "65541"}
    assert all(ip_address(address).version == int(session[3]) for session in sessions for address in session[:2])


@prints("docs/query.md", "with_gql.py")
def test_the_client_library_finds_peers_as_docs_print_it(printed: str, portal: Portal, token: str) -> None:
    peers = [line.split("\t") for line in run(printed, portal, PEERING_PORTAL_KEY=token).splitlines()]
    assert len(peers) > 2
    assert {len(row) for row in peers} == {4}
    assert any("@" in row[3] for row in peers)


@pytest.mark.needs("curl")
@prints("docs/query.md", "--etag-save")
def test_a_kept_answer_is_not_sent_again(printed: str, portal: Portal, token: str, tmp_path: Path) -> None:
    command = printed.replace("curl ", "curl --write-out '%{http_code}' ", 1)
    assert [run_in(tmp_path, command, portal, PEERING_PORTAL_KEY=token) for _ in range(2)] == ["200", "304"]
    assert {"asn": 64500, "name": "Northlight"} in json.loads((tmp_path / "networks.json").read_text())["data"]["networks"]["nodes"]


@pytest.mark.needs("curl")
@prints("docs/query.md", "/export/")
def test_a_mirror_is_kept_as_docs_print_it(printed: str, portal: Portal, token: str, tmp_path: Path) -> None:
    last, *first = run_in(tmp_path, printed, portal, PEERING_PORTAL_KEY=token).splitlines()
    _, *again = run_in(tmp_path, printed, portal, PEERING_PORTAL_KEY=token).splitlines()
    assert json.loads(last)["complete"]
    assert [line.partition(":")[0] for line in first] == ["net", "netixlan", "poc"]
    assert [line.partition(" came, ")[2] for line in again] == [line.partition(" came, ")[2] for line in first]
    rows = json.loads((tmp_path / "mirror" / "netixlan.json").read_text())["rows"]
    assert len(rows) == json.loads(last)["rows"]


@prints("docs/query.md", "follow.py")
def test_changes_are_followed_as_docs_print_it(printed: str, portal: Portal, token: str, tmp_path: Path) -> None:
    first, again = (run_in(tmp_path, printed, portal, PEERING_PORTAL_KEY=token).splitlines() for _ in range(2))
    kept = json.loads((tmp_path / "ports.json").read_text())["ports"]
    assert len(first) == len(kept) > 10
    assert all(line.startswith("+ netixlan:") for line in first)
    assert again == []


def test_what_a_reader_did_not_take_comes_again(portal: Portal, token: str, tmp_path: Path) -> None:
    """Its reader ends at once: the script is quiet, and its cursor stays where it was."""
    printed = block("docs/query.md", "follow.py").text.partition("#")[0].strip()
    lines = f"({printed} 2> said) | true\ncat said ports.json"
    assert json.loads(run_in(tmp_path, lines, portal, PEERING_PORTAL_KEY=token)) == {"cursor": "", "ports": {}}


@prints("docs/operate.md", "portal import")
def test_real_data_comes_in_as_docs_print_it(printed: str, tmp_path: Path) -> None:
    dump = {"org": {"data": [{"id": 4, "name": "Example Four", "status": "ok"}]}}
    (tmp_path / "peeringdb.json").write_text(json.dumps(dump))
    migrated = "PORTAL_DATA=registry python3 run.py portal migrate\n"  # as `run.py --no-demo` does before it serves
    said = shell(migrated + printed, tmp_path, dict(os.environ))
    assert "you@example.net is an admin of organization 4." in said.stderr


@pytest.mark.needs("chromium", "curl")
def test_the_snippets_of_a_new_keys_page_run_as_printed(portal: Portal, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    visit(page, portal)
    token = issue_key(page, portal, "snippets", *GRANTS)
    _, whoami, _, export, curl, python = page.locator("main pre").all_inner_texts()
    context.close()
    assert json.loads(run(whoami, portal))["key"]["name"] == "snippets"
    answers = [json.loads(run(f"{export}\n{curl}", portal)), ast.literal_eval(run(f"{export}\npython3 -c {shlex.quote(python)}", portal))]
    assert token in export
    for answer in answers:
        assert all(network["name"] and network["contacts"]["nodes"] for network in answer["data"]["networks"]["nodes"])
        assert len(answer["data"]["networks"]["nodes"]) == 3


@prints("docs/query.md", "prefix_limits.py")
def test_a_key_changes_prefix_limits_and_ports_as_docs_print_it(printed: str, portal: Portal) -> None:
    grants = ("networks:read", "networks:update", "contacts:create")
    options = [part for grant in grants for part in ("--grant", grant)]
    key = portal.command("keys", "issue", "--organization", "1000000000", "--name", "pipeline", "--notify", "noc@example.net", *options)
    lines = run(printed, portal, PEERING_PORTAL_KEY=key.strip()).splitlines()
    assert lines[0] == "AS64500: IPv4 200000, IPv6 40000"
    assert lines[1] == "Added night@northlight.example.net."
    assert lines[2].startswith("AS64500 UPDATE ExchangePort 198.51.100.2 speed ")
    planned, applied = lines[2:4], lines[4:]
    assert planned == applied
