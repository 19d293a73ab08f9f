"""Filters made to hurt: refused by what they hold, and never by a failure of the database."""

from typing import Any

import pytest

from tests.graphql.hostile import COUNT, OFTEN, wrapped
from tests.graphql.requests import Ask, Send, Statements

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
    assert error["message"].startswith("where.")
    assert error["message"].endswith(": A filter can hold 100 groups of conditions at most.")
    assert seen == []


def texts(number: int) -> Any:
    return {"or": [{"name": {"eq": str(index)}} for index in range(number)]}


FITTING = {
    "8 levels": wrapped(7, {}),
    "50 conditions": texts(50),
    "a list of 500": {"asn": {"in": list(range(500))}},
    "4 relations": {"ports": {"some": {"exchange": {"ports": {"some": {"network": {}}}}}}},
    "500 letters": {"name": {"contains": "x" * 500}},
}
TOO_MUCH = {
    "9 levels": (wrapped(8, {}), f"where{'.not' * 8}: A filter can be nested 8 deep at most."),
    "51 conditions": (texts(51), "where.or[50].name.eq: A filter can hold 50 conditions at most."),
    "conditions in several places": (
        {"and": [texts(25), {"not": texts(26)}]},
        "where.and[1].not.or[25].name.eq: A filter can hold 50 conditions at most.",
    ),
    "a list of 501": ({"asn": {"in": list(range(501))}}, "where.asn.in: This list can hold 500 values at most, not 501."),
    "5 relations": (
        {"ports": {"some": {"exchange": {"ports": {"some": {"network": {"organization": {}}}}}}}},
        "where.ports.some.exchange.ports.some.network.organization: A filter can go through 4 relations at most.",
    ),
    "501 letters": ({"name": {"contains": "x" * 501}}, "where.name.contains: A text in a filter can have 500 characters at most."),
}


@pytest.mark.parametrize("name", FITTING)
def test_a_filter_may_be_as_large_as_its_limits(ask: Ask, name: str) -> None:
    assert ask(COUNT, where=FITTING[name])["networks"]["totalCount"] >= 0


@pytest.mark.parametrize("name", TOO_MUCH)
def test_a_larger_filter_is_refused(send: Send, statements: Statements, name: str) -> None:
    where, message = TOO_MUCH[name]
    with statements() as seen:
        (error,) = send(COUNT, where=where).json["errors"]
    assert (error["extensions"]["code"], error["message"]) == ("BAD_USER_INPUT", message)
    assert seen == []


def test_limits_hold_for_each_filter(ask: Ask) -> None:
    query = "query ($where: NetworkFilter) { a: networks(where: $where) { totalCount } b: networks(where: $where) { totalCount } }"
    assert ask(query, where=texts(50)) == {"a": {"totalCount": 0}, "b": {"totalCount": 0}}


def test_every_condition_may_stand_in_a_group_of_its_own(ask: Ask) -> None:
    where = {"or": [{"asn": {"eq": 64500 + index}} for index in range(50)]}
    assert ask(COUNT, where=where)["networks"]["totalCount"] == 3


@pytest.mark.parametrize("year", ["0001", "0099", "0999", "1000"])
def test_a_time_long_ago_is_before_all_others(ask: Ask, year: str) -> None:
    moment = f"{year}-01-01T00:00:00Z"
    assert ask(COUNT, where={"updated": {"gt": moment}})["networks"]["totalCount"] == 3
    assert ask(COUNT, where={"updated": {"lte": moment}})["networks"]["totalCount"] == 0
