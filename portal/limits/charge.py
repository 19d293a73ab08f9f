"""What one request is paid from: a point at once, what it is expected to cost before anything is read, and in the end what it did cost."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.errors import Limited
from portal.limits.budgets import Budget, Left
from portal.limits.memory import Spending


@dataclass
class Charge:
    """`paid` points so far; `left` is what is left of the tightest budget, as of the last payment."""

    spending: Spending
    budgets: Sequence[Budget]
    paid: int = 0
    left: Left | None = None

    def pay(self, points: int) -> None:
        """Pays what is missing to so many points, even beyond the limit. Raises Limited where nothing is left."""
        if points <= self.paid:
            return
        try:
            self.left = self.spending.spend(self.budgets, points - self.paid)
        except Limited:
            self.left = self.spending.settle(self.budgets, 0)
            raise
        self.paid = points

    def settle(self, points: int) -> None:
        """Makes the payment what it should have been."""
        if points != self.paid:
            self.left = self.spending.settle(self.budgets, points - self.paid)
            self.paid = points
