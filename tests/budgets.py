"""Budgets of a key and of its organization, and a clock for them."""

from portal.limits.budgets import Budget


class Clock:
    """A time that the test sets."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


KEY, ORGANIZATION = Budget("key", "key a", 3), Budget("organization", "organization 1", 5)
