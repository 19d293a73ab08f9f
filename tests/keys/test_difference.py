"""What an edit changes, in sentences, and whether a key can do more by it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from portal.access.permissions import P
from portal.api_keys.difference import Terms, differences
from portal.api_keys.policy import KeyPolicy

NAMES = {"networks": {1: "AS64500 Example Net", 2: "AS64501 Example Labs"}}
NOW = Terms(date(2027, 1, 31), {P.NETWORKS_READ: None, P.NETWORKS_UPDATE: frozenset({1})}, ["198.51.100.0/24"], 500)


@pytest.mark.parametrize(
    ("change", "says", "more"),
    [
        ({"expires_on": date(2027, 2, 1)}, "It expires on 2027-02-01 instead of 2027-01-31.", True),
        ({"expires_on": date(2027, 1, 30)}, "It expires on 2027-01-30 instead of 2027-01-31.", False),
        ({"expires_on": None}, "It no longer expires; before, it expired on 2027-01-31.", True),
        ({"addresses": ["198.51.100.7/32"]}, "It works from 198.51.100.7/32 instead of 198.51.100.0/24.", False),
        ({"addresses": ["198.51.0.0/16"]}, "It works from 198.51.0.0/16 instead of 198.51.100.0/24.", True),
        ({"addresses": ["2001:db8::/32"]}, "It works from 2001:db8::/32 instead of 198.51.100.0/24.", True),
        ({"addresses": []}, "It works from any address instead of 198.51.100.0/24.", True),
        ({"points": 501}, "It has 501 points a minute instead of 500.", True),
        ({"points": 499}, "It has 499 points a minute instead of 500.", False),
        ({"points": None}, "It has 1,000 points a minute instead of 500.", True),
    ],
)
def test_a_change_of_terms_is_said_and_known_to_widen_or_not(change: dict[str, Any], says: str, more: bool) -> None:
    (difference,) = differences(NOW, replace(NOW, **change), KeyPolicy(), NAMES)
    assert (difference.says, difference.widens) == (says, more)


@pytest.mark.parametrize(
    ("grants", "says", "more"),
    [
        ({P.NETWORKS_READ: None}, ["No longer: Update our networks, with their ports and facilities (networks:update)."], False),
        (
            {P.NETWORKS_READ: None, P.NETWORKS_UPDATE: None},
            [
                "More: Update our networks, with their ports and facilities (networks:update), all of ours, "
                "no longer only AS64500 Example Net."
            ],
            True,
        ),
        (
            {P.NETWORKS_READ: None, P.NETWORKS_UPDATE: frozenset({2})},
            [
                "More: Update our networks, with their ports and facilities (networks:update), also with AS64501 Example Labs.",
                "Less: Update our networks, with their ports and facilities (networks:update), no longer with AS64500 Example Net.",
            ],
            True,
        ),
        (
            dict(NOW.grants) | {P.NETWORKS_DELETE: frozenset({1, 3})},
            ["New: Delete our networks, with their ports and facilities (networks:delete), only AS64500 Example Net and number 3."],
            True,
        ),
        (dict(NOW.grants) | {P.USAGE_READ: None}, ["New: Read how our keys are used (usage:read)."], True),
    ],
)
def test_a_change_of_access_is_said_by_what_comes_and_what_goes(grants: dict[Any, Any], says: list[str], more: bool) -> None:
    changes = differences(NOW, replace(NOW, grants=grants), KeyPolicy(), NAMES)
    assert [change.says for change in changes] == says
    assert any(change.widens for change in changes) == more


def test_all_of_ours_cut_down_to_a_list_is_less() -> None:
    before = replace(NOW, grants={P.NETWORKS_UPDATE: None})
    (difference,) = differences(before, replace(before, grants={P.NETWORKS_UPDATE: frozenset({1})}), KeyPolicy(), NAMES)
    assert not difference.widens
    assert "only AS64500 Example Net, no longer with all of ours" in difference.says


def test_a_limit_where_there_was_none_and_the_limit_that_it_has_anyway_widen_nothing() -> None:
    before = replace(NOW, addresses=[], points=None, expires_on=None)
    after = replace(before, addresses=["2001:db8::/32"], points=1000, expires_on=date(2027, 1, 1))
    assert [change.widens for change in differences(before, after, KeyPolicy(), NAMES)] == [False, False, False]


def test_nothing_changed_says_nothing() -> None:
    assert differences(NOW, NOW, KeyPolicy(), NAMES) == []
