"""axe finds nothing on any page, in the forms that tests/chromium.py tells; no page scrolls sideways; title and heading agree."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import Look
from tests.demo import Demo
from tests.e2e.conftest import Portal, served
from tests.e2e.journeys import confirm, fill_key, issue_key, open_keys, visit

pytestmark = [pytest.mark.needs("chromium")]


@pytest.fixture(scope="module")
def portal(built_demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """Of this module alone: all keys are frozen for a while, and lists are as the demo has them."""
    with served(built_demo, tmp_path_factory.mktemp("portal")) as portal:
        portal.choose_password()
        yield portal


def test_pages_for_everybody(wide: Page, portal: Portal, look: Look) -> None:
    wrong = []
    for place in ("/", "/login", "/login?next=/account", "/nothing", "/playground", "/leaked-keys"):
        wide.goto(portal.url + place)
        wrong += look(wide, place)
    wide.goto(f"{portal.url}/login")
    wide.get_by_label("E-mail").fill("nobody@example.net")
    wide.get_by_label("Password", exact=True).fill("wrong wrong wrong")
    wide.get_by_role("button", name="Sign in").click()
    assert wide.title().startswith("Error: ")
    wrong += look(wide, "a failed sign-in")
    assert wrong == []


def test_pages_of_a_signed_in_admin(wide: Page, portal: Portal, look: Look) -> None:
    visit(wide, portal)
    wrong = []
    for place in ("/", "/account", "/account/password", "/confirm-password", "/playground"):
        wide.goto(portal.url + place)
        wrong += look(wide, place)
    open_keys(wide, portal)
    keys = wide.url
    for place in ("", "?show=ended", "?show=stopped", "?show=unused", "?q=nothing"):
        wide.goto(keys + place)
        wrong += look(wide, f"keys{place}")
    for place in ("", "?event=nonsense", "?first=yesterday"):
        wide.goto(f"{keys.removesuffix('/keys')}/activity{place}")
        wrong += look(wide, f"activity{place}")
    before = wide.viewport_size
    wide.set_viewport_size({"width": 320, "height": 800})
    wide.reload()
    tabs = wide.get_by_role("navigation", name="Northlight Networks")
    expect(tabs.get_by_role("link", name="Activity")).to_be_in_viewport(ratio=1)
    expect(tabs.get_by_role("link", name="API keys")).not_to_be_in_viewport()
    assert before
    wide.set_viewport_size(before)
    for place in ("/policy", "/policy/edit", "/keys/report"):
        wide.goto(keys.removesuffix("/keys") + place)
        wrong += look(wide, place)
    wide.goto(f"{keys}/find")
    wide.get_by_role("button", name="Find its API key").click()
    wrong += look(wide, "find, refused")
    unlike = []
    for show in ("ended", "stopped"):
        wide.goto(f"{keys}?show={show}")
        unlike += [str(link.get_attribute("href")) for link in wide.locator("main table a[href*='/keys/key_']").all()]
    assert len(unlike) == 4
    for place in unlike:
        wide.goto(portal.url + place)
        wrong += look(wide, wide.title())
    assert wrong == []


def look_refused(wide: Page, look: Look) -> list[str]:
    """The form that was sent empty; what is wrong with a field is said until it is filled."""
    wide.get_by_role("button", name="Review").click()
    assert wide.title().startswith("Error: ")
    wrong = look(wide, "new, refused")
    said = wide.get_by_text("Give the key a name.")
    expect(said).to_have_count(2)  # at the field, and in the summary of what is wrong
    wide.get_by_label("Name", exact=True).fill("s")
    expect(said).to_have_count(0)
    expect(wide.get_by_text("Enter an e-mail address for this key.")).to_have_count(2)
    return wrong


def test_the_pages_of_a_keys_life(wide: Page, portal: Portal, look: Look) -> None:
    visit(wide, portal)
    open_keys(wide, portal)
    keys = wide.url
    wide.goto(f"{keys}/new")
    confirm(wide)
    wrong = look(wide, "new")
    wrong += look_refused(wide, look)
    fill_key(wide, "seen in review", "networks:read", "contacts:update")
    wide.get_by_text("Choose networks by pasting ASNs").click()
    wide.get_by_label("Networks to choose").fill("AS64500 AS64510")
    wide.get_by_role("button", name="Choose these networks").click()
    wrong += look(wide, "new, pasted")
    wide.get_by_label("Networks to choose").fill("")
    wide.get_by_role("button", name="Review").click()
    wrong += look(wide, "review")
    issue_key(wide, portal, "seen by axe", "networks:read", "networks:update", "contacts:read_private")
    wrong += look(wide, "created")
    open_keys(wide, portal)
    wide.get_by_role("link", name="seen by axe", exact=True).click()
    key = wide.url
    for place in ("", "/edit?add=audit:read", "/rotate", "/disable", "/revoke"):
        wide.goto(key + place)
        wrong += look(wide, f"key{place}")
    wide.goto(f"{key}/edit?add=audit:read")
    wide.get_by_role("button", name="Save").click()
    wrong += look(wide, "edit, reviewed")
    wide.goto(f"{key}/rotate")
    wide.get_by_role("button", name="Rotate").click()
    wrong += look(wide, "rotated")
    for place in ("", "/rotate", "/end-old-token"):
        wide.goto(key + place)
        wrong += look(wide, f"key{place}, two tokens")
    wide.goto(f"{keys}/freeze")
    wrong += look(wide, "freeze")
    wide.get_by_role("button", name="Freeze all API keys").click()
    wrong += look(wide, "frozen")
    wide.get_by_role("link", name="Thaw them").click()
    wrong += look(wide, "thaw")
    wide.get_by_role("button", name="Thaw the API keys").click()
    wide.goto(f"{key}/disable")
    wide.get_by_role("button", name="Disable").click()
    wrong += look(wide, "disabled")
    wide.get_by_role("link", name="Enable").click()
    wrong += look(wide, "enable")
    assert wrong == []


def test_the_page_on_which_a_notify_address_confirms(wide: Page, portal: Portal, look: Look) -> None:
    key = ("keys", "issue", "--organization", "1000000000", "--name", "asks", "--grant", "networks:read", "--notify")
    portal.command(*key, "somebody.with.a.long.name@mail.operations.northlight.example.net")
    with closing(sqlite3.connect(portal.data / "portal.sqlite3")) as database:
        (text,) = database.execute("SELECT text FROM mail WHERE event LIKE 'notify_address.confirm%' ORDER BY id DESC").fetchone()
    wide.goto(portal.url + text.partition("{PORTAL_PUBLIC_URL}")[2].splitlines()[0])
    wrong = look(wide, "notify address")
    wide.get_by_role("button", name="Send e-mails to this address").click()
    assert wide.get_by_role("status").inner_text().startswith("Confirmed")
    wrong += look(wide, "notify address, confirmed")
    assert wrong == []
