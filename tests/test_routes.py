"""Every route × everybody: a route without a stated rule fails, and so does one that answers somebody otherwise than its rule says."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.api.wsgi import ROUTES
from portal.api_keys.token import make_token
from portal.http.paths import is_api_path
from portal.pages.blueprint import PageBlueprint
from tests.browser import CSRF, Browser
from tests.people import PASSWORD, Robot
from tests.routes import routes

pytestmark = pytest.mark.one_engine

CALLERS = ("signed out", "charlie", "bob", "erin", "alice", "key", "wrong key")
PEOPLE = ("charlie", "bob", "erin", "alice")


@dataclass(frozen=True)
class Rule:
    """What each caller is answered, by caller in CALLERS' order: a status, or `login`, `confirm` or `on` for where a redirect leads."""

    answers: tuple[object, ...]

    def __getitem__(self, caller: str) -> object:
        return self.answers[CALLERS.index(caller)]


OPEN = Rule((200,) * 7)
SIGNED_IN = Rule(("login", 200, 200, 200, 200, "login", "login"))
SIGNED_IN_ACT = Rule(("login", "on", "on", "on", "on", "login", "login"))
MEMBERS = Rule(("login", 404, 200, 200, 200, "login", "login"))
EDITORS = Rule(("login", 404, 403, 200, 200, "login", "login"))
EDITORS_ACT = Rule(("login", 404, 403, 400, 400, "login", "login"))
EDITORS_CLICK = Rule(("login", 404, 403, "on", "on", "login", "login"))
ADMINS = Rule(("login", 404, 403, 403, 200, "login", "login"))
ADMINS_ACT = Rule(("login", 404, 403, 403, 400, "login", "login"))  # the form that is sent is empty: the admin is told what is missing
ADMINS_CLICK = Rule(("login", 404, 403, 403, "on", "login", "login"))  # nothing has to be filled in
ADMINS_LIST = Rule(("login", 404, 403, 403, "on", "login", "login"))  # what was chosen stands in a form that is sent
API = Rule((200, 200, 200, 200, 200, 200, 401))  # a browser's cookie is never looked at: people are anonymous here

RULES: dict[tuple[str, str], Rule] = {
    ("home.show", "GET"): OPEN,
    ("health.healthz", "GET"): OPEN,
    ("health.readyz", "GET"): OPEN,
    ("static", "GET"): OPEN,
    ("accounts.login", "GET"): Rule((200, "on", "on", "on", "on", 200, 200)),
    ("accounts.login", "POST"): Rule((400,) * 7),
    ("accounts.logout", "POST"): SIGNED_IN_ACT,
    ("accounts.confirm", "GET"): SIGNED_IN,
    ("accounts.confirm", "POST"): Rule(("login", 400, 400, 400, 400, "login", "login")),
    ("accounts.show", "GET"): SIGNED_IN,
    ("accounts.password", "GET"): SIGNED_IN,
    ("accounts.password", "POST"): Rule(("login", 400, 400, 400, 400, "login", "login")),
    ("accounts.sign_out_others", "POST"): SIGNED_IN_ACT,
    ("activity.index", "GET"): ADMINS,
    ("activity.index_csv", "GET"): ADMINS,
    ("activity.index_jsonl", "GET"): ADMINS,
    ("api_keys.index", "GET"): MEMBERS,
    ("api_keys.index_csv", "GET"): MEMBERS,
    ("api_keys.show", "GET"): MEMBERS,
    ("api_keys.new", "GET"): ADMINS,
    ("api_keys.new", "POST"): ADMINS_ACT,
    ("api_keys.env", "POST"): ADMINS_ACT,
    ("api_keys.edit", "GET"): ADMINS,
    ("api_keys.edit", "POST"): ADMINS_ACT,
    ("api_keys.rotate", "GET"): ADMINS,
    ("api_keys.rotate", "POST"): ADMINS_ACT,
    ("api_keys.retire", "GET"): ADMINS_CLICK,  # on to the key's page: it has no old token
    ("api_keys.retire", "POST"): ADMINS_CLICK,
    ("api_keys.revoke", "GET"): ADMINS,
    ("api_keys.revoke", "POST"): ADMINS_CLICK,
    ("api_keys.find", "GET"): MEMBERS,
    ("api_keys.find", "POST"): Rule(("login", 404, 400, 400, 400, "login", "login")),
    ("api_key_policy.show", "GET"): MEMBERS,
    ("api_key_policy.edit", "GET"): ADMINS,
    ("api_key_policy.edit", "POST"): ADMINS_ACT,
    ("api_keys.report", "GET"): MEMBERS,
    ("api_keys.report_csv", "GET"): MEMBERS,
    ("api_keys.bulk", "GET"): ADMINS_LIST,
    ("api_keys.bulk", "POST"): ADMINS_CLICK,
    ("api_keys.disable", "GET"): ADMINS,
    ("api_keys.disable", "POST"): ADMINS_CLICK,
    ("api_keys.enable", "GET"): ADMINS,
    ("api_keys.enable", "POST"): ADMINS_CLICK,
    ("api_keys.freeze", "GET"): ADMINS,
    ("api_keys.freeze", "POST"): ADMINS_CLICK,
    ("api_keys.thaw", "GET"): ADMINS,
    ("api_keys.thaw", "POST"): ADMINS_CLICK,
    ("records.index", "GET"): MEMBERS,
    ("records.show", "GET"): MEMBERS,
    ("records.edit", "GET"): EDITORS,
    ("records.edit", "POST"): EDITORS_ACT,
    ("records.keep", "GET"): EDITORS_CLICK,  # on to the record's page: it is kept here already
    ("records.keep", "POST"): EDITORS_CLICK,
    ("records.confirm", "POST"): EDITORS_CLICK,
    ("records.delete", "GET"): EDITORS,
    ("records.delete", "POST"): EDITORS_ACT,
    ("records.follow", "GET"): EDITORS,
    ("records.follow", "POST"): EDITORS_CLICK,
    ("records.new", "GET"): EDITORS,
    ("records.new", "POST"): EDITORS_ACT,
    ("playground.show", "GET"): OPEN,
    ("playground.run", "POST"): OPEN,
    ("api.graphql", "GET"): API,
    ("api.graphql", "POST"): API,
    ("api.schema_text", "GET"): OPEN,
    ("api.schema_json", "GET"): OPEN,
    ("api.export", "GET"): API,
    ("api.whoami", "GET"): API,
    ("api.leaked_keys", "POST"): Rule((204,) * 7),
    ("api.rotate", "POST"): Rule((401, 401, 401, 401, 401, 403, 401)),
    ("leaked_keys.report", "GET"): OPEN,
    ("usage.index", "GET"): EDITORS,
    ("usage.index_csv", "GET"): EDITORS,
    ("api.token_format", "GET"): OPEN,
    ("api.security_txt", "GET"): Rule((404,) * 7),  # nobody was named
    ("leaked_keys.report", "POST"): OPEN,
    ("notify_addresses.confirm", "GET"): OPEN,
    ("notify_addresses.confirm", "POST"): OPEN,
    ("notify_addresses.ask_again", "POST"): ADMINS_CLICK,
}
QUERY = {"query": "{ viewer { address } }"}
FILLED = {"playground.run": QUERY, "leaked_keys.report": {"text": make_token().reveal()}}
IN_JSON: dict[str, object] = {"api.graphql": QUERY, "api.leaked_keys": {"tokens": ["none of ours"]}, "api.rotate": {}}


def test_every_route_has_a_stated_rule(app: Flask) -> None:
    assert set(routes(app)) == set(RULES)


def test_every_page_names_what_its_visitors_need(app: Flask) -> None:
    """The guards come with PageBlueprint, which isn't made without `needs`."""
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint != "static"}
    unguarded = {page for page in pages if not isinstance(app.blueprints.get(page.rpartition(".")[0]), PageBlueprint)}
    assert unguarded == set()
    with pytest.raises(TypeError, match="needs"):
        PageBlueprint("unguarded", __name__)  # type: ignore[call-arg]


@pytest.mark.parametrize("caller", CALLERS)
def test_every_route_answers_everybody_by_its_rule(
    caller: str, app: Flask, visit: Callable[[str], Browser], robot: Callable[..., Robot], addresses: Callable[[str], str]
) -> None:
    browser = visit(caller) if caller in PEOPLE else Browser(app.test_client())
    headers = {"key": robot("networks:read").headers, "wrong key": {"Authorization": f"Bearer pport_{'a' * 51}"}}.get(caller, {})
    if caller in PEOPLE:
        browser.submit("/confirm-password", {"password": PASSWORD})
    wrong = {}
    for endpoint, method in sorted(RULES, key=ends_something):
        response = send(browser.client, endpoint, method, addresses(endpoint), headers)
        answer, expected = outcome(response), RULES[endpoint, method][caller]
        response.close()
        if answer != expected:
            wrong[endpoint, method] = (answer, expected)
    assert wrong == {}


def ends_something(route: tuple[str, str]) -> tuple[bool, bool, tuple[str, str]]:
    """Revoking the key that others look at, and signing out, come last."""
    return route == ("accounts.logout", "POST"), route == ("api_keys.revoke", "POST"), route


def send(client: FlaskClient, endpoint: str, method: str, address: str, headers: dict[str, str]) -> TestResponse:
    if method == "GET":
        return client.get(address, headers=headers, query_string=IN_JSON.get(endpoint))
    if endpoint in IN_JSON:
        return client.post(address, headers=headers, json=IN_JSON[endpoint])
    match = CSRF.search(client.get("/account", follow_redirects=True).get_data(as_text=True))
    assert match
    data = {"csrf_token": match[1], **FILLED.get(endpoint, {})}
    return client.post(address, data=data, headers={**headers, "Referer": "http://localhost/"})


def outcome(response: TestResponse) -> object:
    if response.status_code != 302:
        return response.status_code
    place = response.headers["Location"].partition("?")[0]
    return {"/login": "login", "/confirm-password": "confirm"}.get(place, "on")


@pytest.mark.parametrize(("endpoint", "method"), sorted(route for route in RULES if route[1] == "POST" and route[0] not in IN_JSON))
def test_no_form_is_taken_without_its_csrf_token(
    endpoint: str, method: str, visit: Callable[[str], Browser], addresses: Callable[[str], str]
) -> None:
    assert visit("alice").client.open(addresses(endpoint), method=method, data=FILLED.get(endpoint)).status_code == 400


def test_flask_has_no_route_that_the_api_answers(app: Flask) -> None:
    assert [rule.rule for rule in app.url_map.iter_rules() if is_api_path(rule.rule)] == []
    assert all(is_api_path(rule.rule) for rule in ROUTES.iter_rules())


def test_a_route_that_nobody_knows_is_nothing(browser: Browser) -> None:
    assert browser.get("/organizations/1/keys/nothing/at/all").status_code == 404
    assert browser.get("/nothing").status_code == 404
