"""What one request is paid from: a point at once, what it is expected to cost before anything is read, and in the end what it did cost."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.errors import Limited
from portal.limits.budgets import Budget, Left
from portal.limits.memory import Spending


@dataclass
class Charge:
    """`paid` points so far; `left` is what is left of the tightest budget, as of the last payment.

    Only what was paid in the minutes of the last payment is ever given back: its number is `refundable`, their ids are `paid_from`.
    """

    spending: Spending
    budgets: Sequence[Budget]
    paid: int = 0
    left: Left | None = None
    refundable: int = 0
    paid_from: tuple[str, ...] = ()

    def pay(self, points: int) -> None:
        """Pays what is missing to so many points, even beyond the limit. Raises Limited where nothing is left."""
        if points <= self.paid:
            return
        try:
            self.left = self.spending.spend(self.budgets, points - self.paid)
        except Limited:
            self.left = self.spending.left(self.budgets)
            raise
        before = self.refundable if self.left.minutes == self.paid_from else 0
        self.refundable, self.paid_from = before + points - self.paid, self.left.minutes
        self.paid = points

    def settle(self, points: int) -> None:
        """Makes the payment what it should have been. What is given back is only worth something in the minute that it was paid in."""
        if points == self.paid:
            return
        missing = max(points - self.paid, -self.refundable)
        self.left = self.spending.settle(self.budgets, missing, self.paid_from)
        self.paid = points
