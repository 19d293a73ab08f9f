"""The first promise: whoever issued a key can leave and be deleted; it works on, and another admin still controls it."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.demo import Demo
from tests.e2e.conftest import Portal, served
from tests.e2e.journeys import issue_key, revoke, sign_in, visit

pytestmark = [pytest.mark.needs("chromium")]
SUCCESSOR = "successor@example.net"


@pytest.fixture(scope="module")
def portal(built_demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """Of this module alone, as its admin is deleted."""
    with served(built_demo, tmp_path_factory.mktemp("portal")) as portal:
        portal.choose_password()
        yield portal


def status_of(portal: Portal, token: str) -> int:
    body = json.dumps({"query": "{ viewer { key { name } } networks(first: 1) { totalCount } }"}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{portal.url}/graphql", body, headers)) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with JavaScript"])
def test_a_key_outlives_its_maker(page: Page, portal: Portal) -> None:
    visit(page, portal)
    token = issue_key(page, portal, "made by who leaves", "networks:read")
    portal.command("create-admin", "--email", SUCCESSOR, "--organization", "1000000000", "--name", "The Successor")
    first = portal.command("reset-password", "--email", SUCCESSOR).strip()
    portal.command("members", "remove", "--email", portal.email, "--organization", "1000000000")
    portal.command("delete-person", "--email", portal.email)
    page.goto(f"{portal.url}/account")
    assert "/login" in page.url
    assert status_of(portal, token) == 200

    portal.email, portal.password = SUCCESSOR, first
    sign_in(page, portal)
    page.goto(f"{portal.url}/organizations/1000000000/keys")
    page.get_by_role("link", name="made by who leaves", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Maren Dijkstra")
    revoke(page, portal, "made by who leaves")
    story = page.get_by_role("main").inner_text()
    assert "Maren Dijkstra" in story
    assert "The Successor" in story
    assert status_of(portal, token) == 401
