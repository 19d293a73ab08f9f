"""An admin runs a query as one of the organization's keys, with and without JavaScript, and finds it in the activity."""

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import Look
from tests.e2e.conftest import Portal
from tests.e2e.journeys import issue_key, open_keys, visit

pytestmark = [pytest.mark.needs("chromium")]
QUERY = "{ viewer { key { name scopes } } }"
KEY = "Looking glass"


def type_query(page: Page, query: str) -> None:
    page.locator(".graphiql-query-editor .CodeMirror").first.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(query)


def run(page: Page, query: str, *, scripted: bool) -> None:
    if scripted:
        type_query(page, query)
        page.keyboard.press("ControlOrMeta+Enter")
    else:
        page.get_by_label("Query").fill(query)
        page.get_by_role("button", name="Run").click()


def test_a_query_is_run_as_a_key(page: Page, portal: Portal, request: pytest.FixtureRequest) -> None:
    scripted = request.node.callspec.params["page"]
    name = f"acted as {'with' if scripted else 'without'} script"
    visit(page, portal)
    token = issue_key(page, portal, name, "networks:read")
    open_keys(page, portal)
    page.get_by_role("link", name=name, exact=True).click()
    key = page.url
    page.get_by_role("link", name="Try it in the playground").click()
    chosen = page.get_by_label("Run as")
    expect(chosen.locator("option:checked")).to_have_text(name)
    answer = page.locator(".result-window" if scripted else "#answer")

    run(page, QUERY, scripted=scripted)
    expect(answer).to_contain_text(f'"name": "{name}"')
    expect(answer).to_contain_text("networks:read")
    run(page, "{ contacts { nodes { email } } }", scripted=scripted)
    expect(answer).to_contain_text("contacts:read")
    run(page, "mutation { __typename }", scripted=scripted)
    expect(answer).to_contain_text("The playground runs queries only.")

    page.get_by_label("Run as").select_option("")
    run(page, "{ viewer { anonymous key { name } } }", scripted=scripted)
    expect(answer).to_contain_text('"anonymous": true')
    assert token[19:] not in page.content()

    page.goto(key)
    expect(page.get_by_role("main")).to_contain_text("Used in playground")
    assert page.locator("td", has_text="Used in playground").count() == 1
    expect(page.locator("dd, p", has_text="never").first).to_be_visible()


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with JavaScript"])
def test_a_chosen_key_needs_no_pasted_one_and_the_schema_is_there(page: Page, portal: Portal) -> None:
    visit(page, portal)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url.removeprefix(portal.url)}"))
    page.goto(f"{portal.url}/playground")
    pasted, chosen = page.get_by_label("API key (optional)"), page.get_by_label("Run as")
    expect(pasted).to_be_visible()
    chosen.select_option(label=KEY)
    expect(pasted).to_be_hidden()
    run(page, QUERY, scripted=True)
    expect(page.locator(".result-window")).to_contain_text('"scopes"')
    expect(page.locator("#run-status")).to_contain_text("cost 1")
    page.get_by_role("button", name="Show Documentation Explorer").click()
    expect(page.get_by_role("complementary").or_(page.locator(".graphiql-doc-explorer"))).to_contain_text("Query")
    assert sent.count("POST /playground/run") == 1
    chosen.select_option("")
    expect(pasted).to_be_visible()


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with JavaScript"])
def test_a_session_that_has_ended_is_told_in_the_editor(page: Page, portal: Portal) -> None:
    visit(page, portal)
    page.goto(f"{portal.url}/playground")
    page.get_by_label("Run as").select_option(label=KEY)
    page.context.clear_cookies()
    run(page, QUERY, scripted=True)
    expect(page.locator(".result-window")).to_contain_text("Reload the page, then run the query again.")


def test_axe_finds_nothing_where_a_key_is_chosen(wide: Page, portal: Portal, look: Look) -> None:
    page = wide
    visit(page, portal)
    page.goto(f"{portal.url}/playground?key=key_000000000000")
    page.wait_for_selector(".graphiql-query-editor .CodeMirror")
    assert look(page, "a key that can't be chosen") == []
    page.get_by_label("Run as").select_option(label=KEY)
    run(page, QUERY, scripted=True)
    expect(page.locator(".result-window")).to_contain_text('"scopes"')
    assert look(page, "run as a key") == []
