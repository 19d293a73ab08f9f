"""A key's whole life by the keyboard alone: issued, reviewed, revealed, used, rotated, its old token retired, revoked; back and reload."""

import urllib.error
import urllib.request
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, expect

from tests.e2e.conftest import NEW_PASSWORD, Portal
from tests.e2e.journeys import TOKEN, open_keys, visit
from tests.e2e.keyboard import enter, fill, follow, reach, tick

pytestmark = [pytest.mark.needs("chromium")]


def ask(portal: Portal, token: str) -> tuple[int, str]:
    """Status and answer of a question with the token."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    sent = urllib.request.Request(f"{portal.url}/graphql", b'{"query": "{ viewer { key { name } } }"}', headers)
    try:
        with urllib.request.urlopen(sent, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def confirm(page: Page) -> None:
    if "/confirm-password" in page.url:
        fill(page, page.get_by_label("Password", exact=True), NEW_PASSWORD)
        enter(page)


def press(page: Page, name: str) -> None:
    follow(page, page.get_by_role("button", name=name, exact=True))


def shown_token(page: Page) -> str:
    match = TOKEN.search(page.inner_text("main"))
    assert match, page.inner_text("main")
    return match[0]


def hides(page: Page, token: str) -> None:
    """Neither reload nor back shows it again."""
    page.reload()
    assert token not in page.content()
    go_back(page)
    expect(page.locator("body")).not_to_contain_text(token)


def go_back(page: Page) -> None:
    with suppress(Error):  # Chromium asks before it would send a form again, and shows no page till then
        page.go_back()


def issue(page: Page, portal: Portal, name: str) -> str:
    open_keys(page, portal)
    follow(page, page.get_by_role("link", name="Create API key").first)
    confirm(page)
    fill(page, page.get_by_label("Name", exact=True), name)
    fill(page, page.get_by_label("Notify e-mail"), "noc@example.net")
    tick(page, page.locator("input[value='networks:read']"))
    press(page, "Review key")
    expect(page.get_by_role("heading", level=1)).to_have_text(f'Review "{name}"')
    press(page, "Create key")
    return shown_token(page)


def rotate(page: Page, portal: Portal, name: str) -> str:
    """The old token ends at once: the last of the choices, by the arrows."""
    open_keys(page, portal)
    follow(page, page.get_by_role("link", name=name, exact=True))
    follow(page, page.get_by_role("link", name="Rotate", exact=True))
    confirm(page)
    page.reload()
    reach(page, page.locator("input[name='overlap']:checked"))
    while not page.locator("input[name='overlap'][value='now']").is_checked():
        page.keyboard.press("ArrowDown")
    press(page, f'Rotate "{name}"')
    return shown_token(page)


def revoke(page: Page, portal: Portal, name: str) -> None:
    open_keys(page, portal)
    follow(page, page.get_by_role("link", name=name, exact=True))
    follow(page, page.get_by_role("link", name=f'Revoke "{name}"'))
    confirm(page)
    sure = page.locator("input[name='sure']")
    if not sure.count():
        press(page, f'Revoke "{name}"')  # the use was not yet accounted when the page was made: then the form comes back and asks
    if sure.count():
        tick(page, sure)
        press(page, f'Revoke "{name}"')
    expect(page.get_by_role("main")).to_contain_text("This key is revoked")
    go_back(page)
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("This key is revoked")


def test_a_keys_life_by_the_keyboard(page: Page, portal: Portal, request: pytest.FixtureRequest) -> None:
    name = f"a life {request.node.callspec.id}"
    visit(page, portal)
    first = issue(page, portal, name)
    hides(page, first)
    status, said = ask(portal, first)
    assert (status, name in said) == (200, True)

    second = rotate(page, portal, name)
    hides(page, second)
    status, said = ask(portal, first)
    assert (status, "has ended" in said) == (401, True)
    assert ask(portal, second)[0] == 200

    revoke(page, portal, name)
    for token in (first, second):
        status, said = ask(portal, token)
        assert (status, "was revoked" in said) == (401, True)
