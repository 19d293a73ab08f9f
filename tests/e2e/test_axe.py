"""axe finds nothing on any page, light and dark, wide and at 320 px; no page scrolls sideways; title and heading agree."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Portal
from tests.e2e.walks import confirm, fill_key, issue_key, open_keys, sign_in

pytestmark = [pytest.mark.needs("chromium")]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (1280, 320)


def look(page: Page, place: str) -> list[str]:
    """What is wrong with the page as it stands, in both schemes and at both widths."""
    wrong = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found = Axe().run(page).response["violations"]
            wrong += [f"{place} {scheme} {width}: {each['id']} {each['nodes'][0]['target']}" for each in found]
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                wrong.append(f"{place} {width}: scrolls sideways")
    heading = page.locator("h1").inner_text()
    if heading not in page.title():
        wrong.append(f"{place}: the title {page.title()!r} isn't the heading {heading!r}")
    return wrong


@pytest.fixture
def wide(chromium: Browser) -> Iterator[Page]:
    """axe works by script, so these pages have it."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_pages_for_everybody(wide: Page, portal: Portal) -> None:
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


def test_pages_of_a_signed_in_admin(wide: Page, portal: Portal) -> None:
    sign_in(wide, portal)
    wrong = []
    for place in ("/", "/account", "/account/password", "/confirm-password", "/playground"):
        wide.goto(portal.url + place)
        wrong += look(wide, place)
    open_keys(wide, portal)
    keys = wide.url
    for place in ("", "?show=ended", "?show=expiring", "?show=unused"):
        wide.goto(keys + place)
        wrong += look(wide, f"keys{place}")
    for place in ("", "?event=nonsense", "?first=yesterday"):
        wide.goto(f"{keys.removesuffix('/keys')}/activity{place}")
        wrong += look(wide, f"activity{place}")
    for place in ("/policy", "/policy/edit", "/keys/report"):
        wide.goto(keys.removesuffix("/keys") + place)
        wrong += look(wide, place)
    wide.goto(f"{keys}/find")
    wide.get_by_role("button", name="Find its API key").click()
    wrong += look(wide, "find, refused")
    for number in range(wide.locator("main table a[href*='/keys/key_']").count()):
        wide.goto(f"{keys}?show=ended")
        link = wide.locator("main table a[href*='/keys/key_']").nth(number)
        if not link.count():
            break
        link.click()
        wrong += look(wide, wide.title())
    assert wrong == []


def test_the_pages_of_a_keys_life(wide: Page, portal: Portal) -> None:
    sign_in(wide, portal)
    open_keys(wide, portal)
    keys = wide.url
    wide.goto(f"{keys}/new")
    confirm(wide)
    wrong = look(wide, "new")
    wide.get_by_role("button", name="Review").click()
    assert wide.title().startswith("Error: ")
    wrong += look(wide, "new, refused")
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
    for place in ("", "/rotate"):
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


def test_the_page_on_which_a_notify_address_confirms(wide: Page, portal: Portal) -> None:
    key = ("keys", "issue", "--organization", "1000000000", "--name", "asks", "--grant", "networks:read", "--notify")
    portal.command(*key, "somebody.with.a.long.name@mail.operations.northlight.example.net")
    with closing(sqlite3.connect(portal.data / "portal.sqlite3")) as database:
        (text,) = database.execute("SELECT text FROM mail WHERE event LIKE 'notify_address.confirm%' ORDER BY id DESC").fetchone()
    wide.goto(portal.url + text.partition("{PORTAL_PUBLIC_URL}")[2].splitlines()[0])
    wrong = look(wide, "notify address")
    wide.get_by_role("button", name="Send mails to this address").click()
    assert wide.get_by_role("status").inner_text().startswith("Confirmed")
    wrong += look(wide, "notify address, confirmed")
    assert wrong == []
