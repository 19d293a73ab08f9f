"""Filling in, reviewing and changing a key as browsers do it: Enter, back and reload at each step, files, rows chosen at once."""

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.e2e.conftest import Portal
from tests.e2e.journeys import TOKEN, confirm, fill_key, open_keys, visit

pytestmark = [pytest.mark.needs("chromium")]


def open_form(page: Page, portal: Portal) -> None:
    visit(page, portal)
    open_keys(page, portal)
    page.get_by_role("link", name="Create API key").first.click()
    confirm(page)


def test_back_and_reload_at_each_step_lose_nothing_and_create_once(page: Page, portal: Portal, request: pytest.FixtureRequest) -> None:
    name = f"back and forth {request.node.callspec.id}"
    open_form(page, portal)
    fill_key(page, name, "networks:read")
    page.locator("#addresses").fill("198.51.100.0/24")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f'Review "{name}"')
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(f'Review "{name}"')
    page.go_back()
    expect(page.get_by_label("Name", exact=True)).to_have_value(name)
    expect(page.locator("#addresses")).to_have_value("198.51.100.0/24")
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name="Back to edit").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value(name)
    expect(page.locator("input[value='networks:read']")).to_be_checked()
    page.locator("#points").fill("700")
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_role("main")).to_contain_text("700. A request costs 1 point")
    page.get_by_role("button", name="Create key").click()
    expect(page.get_by_role("main")).to_contain_text(TOKEN)
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("can't be shown again")
    open_keys(page, portal)
    assert page.get_by_role("link", name=name, exact=True).count() == 1


def test_the_token_comes_as_a_file_as_often_as_it_is_asked_for(page: Page, portal: Portal, request: pytest.FixtureRequest) -> None:
    open_form(page, portal)
    fill_key(page, f"in a file {request.node.callspec.id}", "networks:read")
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name="Create key").click()
    match = TOKEN.search(page.inner_text("main"))
    assert match
    for _ in range(2):
        with page.expect_download() as download:
            page.get_by_role("button", name="Download as .env").click()
        assert f"PEERING_PORTAL_KEY={match[0]}" in download.value.path().read_text("utf-8").splitlines()
        assert match[0] not in download.value.url
    expect(page.get_by_role("main")).to_contain_text(match[0])


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with JavaScript"])
def test_leaving_a_token_asks_until_it_was_copied(page: Page, portal: Portal) -> None:
    open_form(page, portal)
    fill_key(page, "asks before it is lost", "networks:read")
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name="Create key").click()
    leave = page.get_by_role("navigation", name="Breadcrumb").get_by_role("link")
    copy = page.get_by_role("button", name="Copy", exact=False)
    questions: list[str] = []

    def stay(dialog: Dialog) -> None:
        questions.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    copy.last.click()  # a snippet without the token
    leave.click()  # the question is answered by staying
    expect(page.get_by_role("main")).to_contain_text(TOKEN)
    assert questions == ["beforeunload"]
    page.locator("code.whole").first.click()  # which selects all of it
    page.keyboard.press("Control+C")
    leave.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("API keys")


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with JavaScript"])
def test_all_rows_that_the_filter_shows_are_set_at_once(page: Page, portal: Portal) -> None:
    open_form(page, portal)
    fill_key(page, "rows at once", "networks:read")
    page.get_by_label("(networks:update)").select_option("Only chosen")
    rows = page.locator("#objects-networks tbody tr")
    page.locator("#objects-networks-filter").fill("northlight")
    page.get_by_role("checkbox", name="Update all shown").check()
    page.locator("#objects-networks-filter").fill("")
    for number in range(rows.count()):
        words = rows.nth(number).locator("th").inner_text()
        expect(rows.nth(number).get_by_label("Update")).to_be_checked(checked="Northlight" in words)
    ours = rows.filter(has_text="Northlight").count()
    assert rows.count() > ours > 1
    expect(page.get_by_role("region", name="Summary")).to_contain_text(f"Updates {ours} networks")


def test_single_networks_are_chosen_right_under_only_chosen(page: Page, portal: Portal, request: pytest.FixtureRequest) -> None:
    open_form(page, portal)
    fill_key(page, f"one by one {request.node.callspec.id}", "networks:read")
    choice, tick = page.get_by_label("(networks:update)"), page.get_by_role("checkbox", name="Update AS64500 Northlight")
    expect(tick).to_have_count(0)
    choice.select_option("Only chosen")
    tick.check()
    expect(page.locator("#objects-networks").get_by_role("checkbox", name="Delete")).to_have_count(0)
    if not request.node.callspec.params["page"]:
        page.get_by_role("button", name="Update summary").click()
    expect(page.get_by_role("region", name="Summary")).to_contain_text("Updates 1 network")
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_role("main")).to_contain_text("Update only AS64500 Northlight.")
    page.get_by_role("button", name="Back to edit").click()
    expect(tick).to_be_checked()
    choice.select_option("None")
    expect(tick).to_have_count(0)
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_role("main")).to_contain_text("Create, update or delete anything.")
