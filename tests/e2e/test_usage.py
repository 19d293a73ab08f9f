"""A key that is used is seen to be: on its page, on its organization's, in the file; and these pages hide nothing from anybody."""

import json
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import Look
from tests.e2e.conftest import Portal
from tests.e2e.journeys import issue_key, open_keys, visit

pytestmark = [pytest.mark.needs("chromium")]
QUERY = {"query": "query WalkedThrough { networks(first: 1) { nodes { name } } }"}


def ask(portal: Portal, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "User-Agent": "walking-script/1"}
    request = urllib.request.Request(f"{portal.url}/graphql", json.dumps(QUERY).encode(), headers)
    urllib.request.urlopen(request, timeout=30).close()


def test_a_use_is_seen_some_seconds_later(page: Page, portal: Portal) -> None:
    visit(page, portal)
    name = f"walked {id(page)}"  # the portal is the same with and without JavaScript
    token = issue_key(page, portal, name, "networks:read")
    for _ in range(3):
        ask(portal, token)
    open_keys(page, portal)
    page.get_by_role("link", name=name, exact=True).click()
    for _ in range(100):
        if page.get_by_text("WalkedThrough").count():
            break
        page.wait_for_timeout(150)
        page.reload()
    page.get_by_text("Queries (1)").click()
    row = page.get_by_role("row", name="WalkedThrough")
    expect(row).to_contain_text("3")
    expect(page.get_by_role("row", name="127.0.0.1 walking-script/1")).to_be_visible()
    page.goto(portal.url)
    page.get_by_role("main").get_by_role("link", name="Usage").first.click()
    page.get_by_role("link", name="Last 7 days").click()
    expect(page.get_by_role("row", name=name).first).to_contain_text("3")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    assert f',"{name}",' in download.value.path().read_text()


def test_axe_finds_nothing_on_the_pages_of_usage(wide: Page, portal: Portal, look: Look) -> None:
    page = wide
    visit(page, portal)
    open_keys(page, portal)
    page.get_by_role("main").get_by_role("link", name="Usage").click()
    usage, wrong = page.url, []
    for place in ("", "?days=7&sort=points", "?days=90&sort=name"):
        page.goto(usage + place)
        page.get_by_text("Day by day").click()
        wrong += look(page, f"usage{place}")
    page.get_by_role("link", name="Looking glass").first.click()
    page.get_by_role("link", name="Last 90 days").click()
    page.get_by_text("Day by day").click()
    wrong += look(page, "a key's usage")
    assert wrong == []
