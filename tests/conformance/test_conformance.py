"""The suites of others, as `python -m tests.conformance` runs them, with fewer of Schemathesis' documents."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.portal import Portal, served_portal
from tests.conformance.suites import Score, audits, diff, fuzz, lint
from tests.demo import Demo
from tests.repetitions import Dose

AUDITS = 61
EXAMPLES = 3, 9  # for each root field, few and all


@pytest.fixture(scope="module")
def portal(built_demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("portal")
    built_demo.copy(folder / "data")
    with served_portal(folder) as served:
        yield served


@pytest.mark.needs("npm")
def test_all_audits_of_graphql_http_pass(portal: Portal) -> None:
    assert audits(portal) == Score("graphql-http audits", AUDITS, AUDITS)


@pytest.mark.needs("npm")
def test_graphql_eslint_finds_nothing_in_the_schema() -> None:
    score = lint()
    assert score.whole, str(score)


@pytest.mark.needs("npm")
def test_the_served_schema_is_the_committed_one(portal: Portal) -> None:
    score = diff(portal)
    assert score.whole, str(score)


def test_no_document_of_schemathesis_is_a_failure_of_ours(portal: Portal, tmp_path: Path, dose: Dose) -> None:
    score = fuzz(portal, dose(*EXAMPLES), tmp_path)
    assert score.whole, str(score)
    assert score.of >= dose(100, 300)
