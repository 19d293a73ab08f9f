"""What a person does in the browser, step by step, by what they read."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import NEW_PASSWORD, Portal

TOKEN = re.compile(r"pport_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}")


def visit(page: Page, portal: Portal) -> None:
    """The demo's admin comes, signed in already: by a session's row and its cookie."""
    page.context.add_cookies([{"name": "portal", "value": portal.cookie(), "url": portal.url}])


def sign_in(page: Page, portal: Portal) -> None:
    """Through the page, as the demo's admin; the first time the printed password must be changed."""
    page.goto(f"{portal.url}/login")
    page.get_by_label("E-mail").fill(portal.email)
    page.get_by_label("Password", exact=True).fill(portal.password)
    page.get_by_role("button", name="Sign in").click()
    if portal.password != NEW_PASSWORD:
        page.get_by_label("Current password").fill(portal.password)
        page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
        page.get_by_label("New password again").fill(NEW_PASSWORD)
        page.get_by_role("button", name="Change password").click()
        portal.password = NEW_PASSWORD


def open_keys(page: Page, portal: Portal) -> None:
    page.goto(portal.url)
    page.get_by_role("main").get_by_role("link", name="API keys").first.click()


def confirm(page: Page) -> None:
    """Where the page asks who they are."""
    if "/confirm-password" in page.url:
        page.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
        page.get_by_role("button", name="Confirm").click()


def fill_key(page: Page, name: str, *grants: str) -> None:
    """On the form for a new key."""
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Notify e-mail").fill("noc@example.net")
    for grant in grants:
        if page.locator(f"input[value='{grant}']").count():
            page.locator(f"input[value='{grant}']").check()
        else:
            page.locator("select", has=page.locator(f"option[value='{grant}']")).select_option(grant)


def issue_key(page: Page, portal: Portal, name: str, *grants: str) -> str:
    """The token that the page shows once."""
    open_keys(page, portal)
    page.get_by_role("link", name="Create API key").first.click()
    confirm(page)
    fill_key(page, name, *grants)
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name="Create key").click()
    match = TOKEN.search(page.inner_text("main"))
    assert match, page.inner_text("main")
    return match[0]


def revoke(page: Page, portal: Portal, name: str) -> None:
    """By whoever is signed in; ends on the key's own page."""
    open_keys(page, portal)
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("link", name="Revoke").first.click()
    confirm(page)
    button, box = page.get_by_role("button", name=f'Revoke "{name}"'), page.get_by_role("checkbox")
    if not box.count():
        button.click()  # the use was not yet accounted when the page was made: then the form comes back and asks
    if box.count():
        box.check()
        button.click()
    expect(page.get_by_role("main")).to_contain_text("revoked", ignore_case=True)
