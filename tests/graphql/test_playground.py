"""The playground's page, and its form for browsers without script: queries only, seen as everybody sees."""

from collections.abc import Callable

import pytest

from graphql_schema import INDEX
from graphql_schema.engine.documents.document import read_document
from portal.api_keys.templates import TEMPLATES
from portal.pages.playground.examples import EXAMPLES, Example
from portal.settings import Settings
from tests.apps import opened, settings_for
from tests.browser import Browser, text
from tests.graphql.requests import Ask
from tests.people import Robot
from tests.registry import Records

pytestmark = pytest.mark.one_engine

MakeRobot = Callable[..., Robot]
Visit = Callable[[str], Browser]


def run(browser: Browser, query: str, variables: str = "") -> str:
    return text(browser.submit("/playground/run", {"query": query, "variables": variables}, page="/playground"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_an_example_is_valid_and_needs_no_key(example: Example, ask: Ask) -> None:
    assert not read_document(INDEX, example.query).errors
    assert ask(example.query)


READING = [TEMPLATES[name].permissions for name in ("find-peers", "build-router-configuration")]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_a_template_grants_all_that_an_example_asks_for(example: Example, robot: MakeRobot, ask: Ask) -> None:
    answers = [ask(example.query, headers=robot(*permissions, name=str(number)).headers) for number, permissions in enumerate(READING)]
    assert any("errors" not in answer for answer in answers), answers


def test_the_editors_policy_allows_its_own_pictures_and_nothing_foreign(browser: Browser) -> None:
    policy = browser.get("/playground").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "img-src 'self' data:" in policy
    assert "unsafe" not in policy


def test_a_query_can_be_shared_by_its_address(browser: Browser) -> None:
    page = text(browser.get("/playground?query=%7B%20viewer%20%7B%20address%20%7D%20%7D&variables=%7B%7D"))
    assert "{ viewer { address } }" in page


@pytest.mark.parametrize("who", ["alice", "olga"])
def test_who_is_signed_in_sees_what_everybody_sees(who: str, visit: Visit, records: Records) -> None:
    answer = run(visit(who), "{ contacts { totalCount nodes { email } } viewer { anonymous } networks { nodes { asn } } }")
    assert '"totalCount": 3' in answer
    assert '"anonymous": true' in answer
    assert "64502" not in answer
    assert "users@" not in answer


def test_variables_are_taken(browser: Browser, records: Records) -> None:
    answer = run(browser, "query ($asn: ASN!) { network(asn: $asn) { name } }", '{"asn": "AS64500"}')
    assert "Example Net" in answer


@pytest.mark.parametrize(
    ("query", "variables", "words"),
    [
        ("", "", "must be a string"),
        ("{ viewer { address } }", "[]", "must be JSON objects"),
        ("{ viewer { address } }", "{", "must be a JSON object"),
        ("mutation { __typename }", "", "queries only"),
        ("{ nonsense }", "", "GRAPHQL_VALIDATION_FAILED"),
        ("{ networks { nodes { notesPrivate } } }", "", "FORBIDDEN"),
        ("x" * 300_000, "", "too large"),
    ],
)
def test_what_can_not_be_run_is_said(query: str, variables: str, words: str, browser: Browser) -> None:
    assert words in run(browser, query, variables)


def test_the_form_has_the_budget_of_its_address(browser: Browser) -> None:
    answers = [run(browser, "{ viewer { address } }") for _ in range(61)]
    assert "RATE_LIMITED" not in answers[59]
    assert "RATE_LIMITED" in answers[60]


def test_a_portal_without_anonymous_reading_runs_nothing(settings: Settings) -> None:
    with opened(settings_for(settings.database_url, settings.data, anonymous_reading=False)) as app:
        assert "UNAUTHENTICATED" in run(Browser(app.test_client()), "{ viewer { address } }")


def test_nothing_runs_without_the_pages_csrf_token(visit: Visit) -> None:
    assert visit("alice").client.post("/playground/run", data={"query": "{ viewer { address } }"}).status_code == 400
