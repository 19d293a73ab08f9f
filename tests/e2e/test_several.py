"""Several keys are ticked in the list, named, and revoked at once, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import Look
from tests.e2e.conftest import Portal
from tests.e2e.journeys import confirm, issue_key, open_keys, visit
from tests.e2e.keyboard import follow, tick

pytestmark = [pytest.mark.needs("chromium")]


def test_two_keys_are_revoked_at_once(page: Page, portal: Portal, request: pytest.FixtureRequest) -> None:
    names = [f"{number} {request.node.callspec.id}" for number in ("first", "second")]
    visit(page, portal)
    for name in names:
        issue_key(page, portal, name, "networks:read")
    open_keys(page, portal)
    for name in names:
        page.get_by_role("checkbox", name=f"Select {name}").check()
    page.get_by_role("button", name="Revoke selected…").click()
    confirm(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Revoke 2 API keys")
    for name in names:
        expect(page.get_by_role("table")).to_contain_text(name)
    page.get_by_label("Reason").fill("the laptop is lost")
    page.get_by_role("button", name="Revoke 2 API keys").click()
    expect(page.get_by_role("status")).to_contain_text("2 API keys are revoked.")
    for name in names:
        assert not page.get_by_role("link", name=name, exact=True).count()
    page.get_by_role("link", name="Ended").click()
    for name in names:
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with JavaScript"])
def test_script_ticks_all_that_are_shown(page: Page, portal: Portal) -> None:
    visit(page, portal)
    open_keys(page, portal)
    every = page.get_by_label("Select all shown")
    boxes = page.locator("tbody input[type=checkbox]")
    every.check()
    assert all(box.is_checked() for box in boxes.all())
    boxes.first.uncheck()
    assert every.evaluate("box => box.indeterminate && !box.checked")
    boxes.first.check()
    expect(every).to_be_checked()
    every.uncheck()
    assert not any(box.is_checked() for box in boxes.all())


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with JavaScript"])
def test_it_can_be_worked_by_keyboard_alone(page: Page, portal: Portal) -> None:
    visit(page, portal)
    open_keys(page, portal)
    tick(page, page.locator("tbody input[type=checkbox]").first)
    follow(page, page.get_by_role("button", name="Disable selected…"))
    confirm(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Disable")


def test_axe_finds_nothing_on_the_page_that_asks_nor_on_what_it_refuses(wide: Page, portal: Portal, look: Look) -> None:
    page = wide
    visit(page, portal)
    open_keys(page, portal)
    for act, states in (("Disable", ("asked", "refused")), ("Revoke", ("asked",))):
        open_keys(page, portal)
        for box in page.locator("tbody input[type=checkbox]").all():
            box.check()
        page.get_by_role("button", name=f"{act} selected…").click()
        for state in states:
            assert look(page, f"{act} {state}") == []
            if state != states[-1]:
                page.get_by_role("button", name=re.compile(f"^{act}")).click()
