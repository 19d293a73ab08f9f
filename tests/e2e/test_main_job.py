"""The main job, as a stranger does it: sign in, issue a key, copy its token, query with it, revoke it, be refused."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

from tests.demo import Demo
from tests.e2e.conftest import Portal, served
from tests.e2e.journeys import TOKEN, confirm, issue_key, open_keys, revoke, sign_in

pytestmark = [pytest.mark.needs("chromium", "curl")]
QUERY = "{ viewer { key { name } } network(asn: 64500) { name contacts { nodes { role visible } } } }"


@pytest.fixture(scope="module")
def portal(built_demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """Of this module alone, as its admin signs in for the first time."""
    with served(built_demo, tmp_path_factory.mktemp("portal")) as portal:
        yield portal


def curl(portal: Portal, token: str) -> tuple[int, dict[str, Any]]:
    """Status and answer, asked by the curl of the machine."""
    body = json.dumps({"query": QUERY})
    headers = ["-H", f"Authorization: Bearer {token}", "-H", "Content-Type: application/json"]
    command = ["curl", "--silent", "--write-out", "\n%{http_code}", f"{portal.url}/graphql", *headers, "-d", body]
    answer, _, status = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout.rpartition("\n")
    return int(status), json.loads(answer)


def in_the_playground(page: Page, portal: Portal, token: str) -> None:
    """Pastes the key, runs a query, and finds the key's name in the answer."""
    page.goto(f"{portal.url}/playground")
    page.get_by_label("API key", exact=False).first.fill(token)
    editor = page.locator(".graphiql-query-editor .CodeMirror").first
    editor.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("{ viewer { key { name } } }")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.locator(".result-window")).to_contain_text("nightly build")
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert token not in stored
    page.reload()
    page.wait_for_selector(".graphiql-query-editor .CodeMirror")
    assert token not in page.content()


def test_a_key_is_issued_used_never_shown_again_and_revoked(page: Page, portal: Portal, request: pytest.FixtureRequest) -> None:
    scripted = request.node.callspec.params["page"]
    name = "nightly build" if scripted else "nightly build without script"
    sign_in(page, portal)
    token = issue_key(page, portal, name, "networks:read", "contacts:read")
    shown_at = page.url

    status, answer = curl(portal, token)
    assert status == 200
    assert answer["data"]["viewer"]["key"]["name"] == name
    assert {contact["visible"] for contact in answer["data"]["network"]["contacts"]["nodes"]} <= {"PUBLIC", "USERS"}
    if scripted:
        in_the_playground(page, portal, token)

    never_again(page, portal, token, shown_at, name)
    revoke(page, portal, name)

    status, answer = curl(portal, token)
    assert status == 401
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert "revoked" in answer["errors"][0]["message"]


def never_again(page: Page, portal: Portal, token: str, shown_at: str, name: str) -> None:
    """By going back, opening the address anew, in the list or on the key's own page, in the text or in the source."""
    with suppress(Error):  # Chromium asks before it would send the form again, and shows no page till then
        page.go_back()
    expect(page.locator("body")).not_to_contain_text(token)
    page.goto(shown_at)
    assert not TOKEN.search(page.content())
    open_keys(page, portal)
    assert not TOKEN.search(page.content())
    page.get_by_role("link", name=name, exact=True).click()
    assert not TOKEN.search(page.content())
    assert token[:10] in page.content()


def test_sending_the_form_twice_makes_one_key_and_no_error(page: Page, portal: Portal, request: pytest.FixtureRequest) -> None:
    name = f"sent twice {request.node.callspec.id}"
    sign_in(page, portal)
    issue_key(page, portal, name, "networks:read")
    page.reload()
    assert not TOKEN.search(page.content())
    expect(page.get_by_role("main")).to_contain_text("can't be shown again")
    open_keys(page, portal)
    assert page.get_by_role("link", name=name, exact=True).count() == 1


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with JavaScript"])
def test_a_double_click_still_shows_the_token(page: Page, portal: Portal) -> None:
    sign_in(page, portal)
    open_keys(page, portal)
    page.get_by_role("link", name="Create API key").first.click()
    confirm(page)
    page.get_by_label("Name", exact=True).fill("double click")
    page.get_by_label("Notify e-mail").fill("noc@example.net")
    page.locator("input[value='networks:read']").check()
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name="Create key").dblclick()
    expect(page.get_by_role("main")).to_contain_text(TOKEN)
