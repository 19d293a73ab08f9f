"""The README and docs/ as a whole: no block escapes the tests, links lead somewhere, and lists of settings and scopes are complete."""

import re

import pytest

from portal.access.permissions import GRANTABLE
from portal.settings import read
from tests.docs.blocks import ROOT, Block, answers, blocks, documents, heading_anchors

# test_examples.py tests the first three, JSON as a query's answer, and every shell block by name; test_installation.py ini; env is below.
LANGUAGES = {"sh", "graphql", "python", "json", "env", "ini"}
MOST_README_LINES = 120


def test_every_printed_block_is_in_a_language_that_is_tested_here() -> None:
    assert [f"{block} is {block.language or 'of no language'}" for block in blocks() if block.language not in LANGUAGES] == []


def test_every_block_of_json_answers_the_query_before_it() -> None:
    assert [str(after) for _, after in answers() if after] == [str(block) for block in blocks("json")]


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= MOST_README_LINES


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in documents():
        for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
            name, _, anchor = target.partition("#")
            leads_to = path.parent / name if name else path
            if "://" not in target and not (leads_to.exists() and (not anchor or anchor in heading_anchors(leads_to.read_text("utf-8")))):
                broken.append(f"{path.name}: {target}")
    assert broken == []


def test_operators_are_told_of_every_setting() -> None:
    names = re.findall(r"^\| `(PORTAL_[A-Z_]+)` \|", (ROOT / "docs" / "operate.md").read_text("utf-8"), flags=re.M)
    assert set(names) == set(re.findall(r"\"(PORTAL_[A-Z_]+)\"", (ROOT / "portal" / "settings.py").read_text("utf-8")))
    assert len(names) == len(set(names))


def test_the_scopes_that_docs_name_are_those_that_a_key_can_hold() -> None:
    scopes = re.findall(r"`([a-z]+:[a-z_]+)`", (ROOT / "docs" / "keys.md").read_text("utf-8"))
    assert set(scopes) == {scope.value for scope in GRANTABLE}


@pytest.mark.parametrize("printed", blocks("env"), ids=str)
def test_printed_settings_are_accepted(printed: Block) -> None:
    lines = printed.text.replace("…", "s3cret" * 8).splitlines()
    assert read(dict(line.split("=", 1) for line in lines)).production
