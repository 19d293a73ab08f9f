"""The one budget: what is taken, what is left, and when it comes back."""

from itertools import cycle

import pytest

from portal.access.caller_budgets import budgets_of
from portal.access.principal import Kind, Principal
from portal.errors import Limited
from portal.limits.budgets import Budget, neighbourhood
from portal.limits.charge import Charge
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
    assert spending.left([KEY]).points == 1


def test_what_a_request_cost_is_settled_past_the_limit() -> None:
    spending = Spending(Clock())
    paid = spending.spend([KEY])
    left = spending.settle([KEY], 7, paid.minutes)
    assert left.points == 0
    assert left.headers == {"RateLimit-Policy": '"key";q=3;w=60', "RateLimit": '"key";r=0;t=60'}
    with pytest.raises(Limited):
        spending.spend([KEY])


def test_what_was_paid_in_a_minute_is_given_back_to_it_and_to_no_later_one() -> None:
    clock, budget = Clock(), Budget("key", "key a", 1000)
    spending = Spending(clock)
    early, late = Charge(spending, [budget]), Charge(spending, [budget])
    early.pay(999)
    early.settle(1)
    assert spending.left([budget]).points == 999
    late.pay(999)
    clock.at = 60
    Charge(spending, [budget]).pay(1000)
    late.settle(1)
    assert late.left
    assert late.left.points == 0
    with pytest.raises(Limited):
        spending.spend([budget])


def test_what_is_given_back_late_begins_no_minute() -> None:
    clock, budget = Clock(), Budget("key", "key a", 1000)
    charge = Charge(Spending(clock), [budget])
    charge.pay(999)
    clock.at = 60
    charge.settle(1)
    assert (charge.left and charge.left.points, charge.left and charge.left.seconds) == (1000, 60)
    clock.at = 90
    assert charge.spending.spend([budget]).seconds == 60


def test_of_a_payment_in_two_minutes_the_later_minute_gets_back_its_own_part() -> None:
    clock, budget = Clock(), Budget("key", "key a", 1000)
    spending = Spending(clock)
    charge = Charge(spending, [budget])
    charge.pay(500)
    clock.at = 60
    spending.spend([budget], 700)
    charge.pay(600)
    charge.settle(1)
    assert spending.left([budget]).points == 300


def test_what_a_request_cost_too_much_is_never_lost() -> None:
    clock, budget = Clock(), Budget("key", "key a", 1000)
    charge = Charge(Spending(clock), [budget])
    charge.pay(1)
    clock.at = 60
    charge.settle(300)
    assert charge.spending.left([budget]).points == 701


@pytest.mark.parametrize("later", [0, 61])
def test_many_addresses_do_not_fill_the_memory(later: int) -> None:
    clock = Clock()
    spending = Spending(clock)
    for number in range(MAX_SUBJECTS):
        spending.spend([Budget("address", str(number), 1)])
    clock.at = later
    spending.spend([Budget("address", "one more", 1)])
    assert len(spending.addresses.by_subject) <= MAX_SUBJECTS // 2 + 1


def test_many_addresses_make_no_limit_of_a_caller_be_forgotten() -> None:
    spending = Spending(Clock())
    budgets = [Budget("key", "key a", 3), Budget("organization", "organization 1", 3), Budget("person", "person 1", 3)]
    spending.spend(budgets, 3)
    for number, name in zip(range(MAX_SUBJECTS), cycle(["address", "failures", "reports"])):
        spending.spend([Budget(name, str(number), 1)])
    for budget in budgets:
        with pytest.raises(Limited):
            spending.spend([budget])


def test_even_very_many_callers_are_all_remembered_until_their_minutes_end() -> None:
    clock = Clock()
    spending = Spending(clock)
    budgets = [Budget("key", str(number), 1) for number in range(MAX_SUBJECTS + 10)]
    for budget in budgets:
        spending.spend([budget])
    assert spending.left(budgets).points == spending.left(budgets[:1]).points == 0
    clock.at = 60
    for number in range(MAX_SUBJECTS):
        spending.spend([Budget("key", f"other {number}", 1)])
    assert len(spending.callers.by_subject) <= MAX_SUBJECTS + 10


def test_an_address_that_stays_is_remembered_longer_than_those_that_came_before() -> None:
    clock, budget = Clock(), Budget("address", "stays", 1)
    spending = Spending(clock)
    spending.spend([budget])
    clock.at = 30
    for number in range(MAX_SUBJECTS // 2):
        spending.spend([Budget("address", str(number), 1)])
    clock.at = 60
    spending.spend([budget])
    for number in range(MAX_SUBJECTS // 2):
        spending.spend([Budget("address", f"other {number}", 1)])
    with pytest.raises(Limited):
        spending.spend([budget])


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
