"""Filters made to hurt: refused by what they hold, and never by a failure of the database."""

from typing import Any

import pytest

from tests.graphql.conftest import Ask, Send, Statements

COUNT = "query ($where: NetworkFilter) { networks(where: $where) { totalCount } }"
OFTEN = "query ($where: NetworkFilter) {" + "".join(f" a{each}: networks(where: $where) {{ totalCount }}" for each in range(50)) + " }"
EMPTY: dict[str, Any] = {}
FILTERS: dict[str, dict[str, Any]] = {
    "empty alternatives": {"or": [EMPTY] * 20_000},
    "empty parts": {"and": [EMPTY] * 20_000},
    "empty denials": {"and": [{"not": EMPTY}] * 10_000},
    "lookups that ask nothing": {"or": [{"name": EMPTY}] * 10_000},
    "lists of nothing": {"and": [{"or": []}] * 10_000},
}


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("query", [COUNT, OFTEN], ids=["once", "50 times"])
def test_a_filter_of_many_empty_groups_is_refused(send: Send, statements: Statements, name: str, query: str) -> None:
    with statements() as seen:
        (error,) = send(query, where=FILTERS[name]).get_json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"] == "A filter can hold 100 groups of conditions at most."
    assert seen == []


def test_every_condition_may_stand_in_a_group_of_its_own(ask: Ask) -> None:
    where = {"or": [{"asn": {"eq": 64500 + each}} for each in range(50)]}
    assert ask(COUNT, where=where)["networks"]["totalCount"] == 3


@pytest.mark.parametrize("year", ["0001", "0099", "0999", "1000"])
def test_a_time_long_ago_is_before_all_others(ask: Ask, year: str) -> None:
    moment = f"{year}-01-01T00:00:00Z"
    assert ask(COUNT, where={"updated": {"gt": moment}})["networks"]["totalCount"] == 3
    assert ask(COUNT, where={"updated": {"lte": moment}})["networks"]["totalCount"] == 0
