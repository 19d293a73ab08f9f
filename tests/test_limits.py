"""The one budget: what is taken, what is left, and when it comes back."""

import pytest

from portal.access.caller_budgets import budgets_of
from portal.access.principal import Kind, Principal
from portal.errors import Limited
from portal.limits.budgets import Budget, neighbourhood
from portal.limits.memory import MAX_SUBJECTS, Spending
from portal.limits.request_cost import points_of
from tests.budgets import KEY, ORGANIZATION, Clock


def test_a_budget_is_used_up_and_comes_back_after_a_minute() -> None:
    clock = Clock()
    spending = Spending(clock)
    assert [spending.spend([KEY]).points for _ in range(3)] == [2, 1, 0]
    clock.at = 20
    with pytest.raises(Limited) as refused:
        spending.spend([KEY])
    assert refused.value.retry_after == 40
    clock.at = 60
    assert spending.spend([KEY]).points == 2


def test_the_tightest_budget_is_told_and_a_refusal_takes_nothing() -> None:
    spending, other = Spending(Clock()), Budget("key", "key b", 3)
    assert spending.spend([KEY, ORGANIZATION]).budget == KEY
    spending.spend([other, ORGANIZATION])
    spending.spend([other, ORGANIZATION])
    left = spending.spend([KEY, ORGANIZATION])
    assert (left.budget, left.points) == (KEY, 1)
    spending.spend([other, ORGANIZATION])
    with pytest.raises(Limited, match="organization"):
        spending.spend([KEY, ORGANIZATION])
    assert spending.settle([KEY], 0).points == 1


def test_what_a_request_cost_is_settled_past_the_limit() -> None:
    spending = Spending(Clock())
    spending.spend([KEY])
    left = spending.settle([KEY], 7)
    assert left.points == 0
    assert left.headers == {"RateLimit-Policy": '"key";q=3;w=60', "RateLimit": '"key";r=0;t=60'}
    with pytest.raises(Limited):
        spending.spend([KEY])


@pytest.mark.parametrize("later", [0, 61])
def test_many_addresses_do_not_fill_the_memory(later: int) -> None:
    clock = Clock()
    spending = Spending(clock)
    for number in range(MAX_SUBJECTS):
        spending.spend([Budget("address", str(number), 1)])
    clock.at = later
    spending.spend([Budget("address", "one more", 1)])
    assert len(spending.minutes) <= MAX_SUBJECTS // 2 + 1


@pytest.mark.parametrize(
    ("address", "caller"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_neighbours_count_as_one_caller(address: str, caller: str) -> None:
    assert neighbourhood(address) == caller


def test_who_pays_from_what() -> None:
    key = Principal(Kind.KEY, "key_1", organization_id=7)
    assert [(budget.subject, budget.points) for budget in budgets_of(key)] == [("key key_1", 1000), ("organization 7", 5000)]
    assert [(budget.name, budget.points) for budget in budgets_of(Principal(address="198.51.100.7"))] == [("address", 60)]
    assert [budget.subject for budget in budgets_of(Principal(Kind.MEMBER, "3"))] == ["person 3"]


@pytest.mark.parametrize(("rows", "points"), [(0, 1), (99, 1), (100, 1), (250, 2), (70_000, 700)])
def test_points_follow_the_rows(rows: int, points: int) -> None:
    assert points_of(rows) == points
