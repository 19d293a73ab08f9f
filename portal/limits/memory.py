"""The one budget, points per minute, and the limit of failed tokens. In memory, for one process alone; redis.py shares it."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from portal.limits.budgets import MINUTE_SECONDS, Budget, Left, used_up

MAX_SUBJECTS = 50_000  # subjects remembered at once, so that a caller with many addresses can't fill the memory


@dataclass
class Minute:
    """What a subject spent since its minute began."""

    began: float
    spent: int = 0


@dataclass
class Spending:
    """Counts by subject; a subject's minute begins with its first point."""

    clock: Callable[[], float] = time.monotonic
    minutes: dict[str, Minute] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def spend(self, budgets: Sequence[Budget], points: int = 1) -> Left:
        """Takes the points from all budgets, or raises Limited when one of them is used up and takes none."""
        with self.guard:
            at = self.clock()
            for budget in budgets:
                if self.minute(budget.subject, at).spent >= budget.points:
                    raise used_up(budget, self.seconds(budget.subject, at))
            return self.add(budgets, points, at)

    def settle(self, budgets: Sequence[Budget], points: int) -> Left:
        """Adds what a request cost beyond what was taken, even past the limit; negative points give back, never more than was spent."""
        with self.guard:
            return self.add(budgets, points, self.clock())

    def add(self, budgets: Sequence[Budget], points: int, at: float) -> Left:
        lefts = []
        for budget in budgets:
            minute = self.minute(budget.subject, at)
            minute.spent = max(0, minute.spent + points)
            lefts.append(Left(budget, max(0, budget.points - minute.spent), self.seconds(budget.subject, at)))
        return min(lefts, key=lambda left: left.points)

    def minute(self, subject: str, at: float) -> Minute:
        minute = self.minutes.get(subject)
        if minute is None or at - minute.began >= MINUTE_SECONDS:
            if len(self.minutes) >= MAX_SUBJECTS:
                self.forget(at)
            minute = self.minutes[subject] = Minute(at)
        return minute

    def forget(self, at: float) -> None:
        """Drops the minutes that are over, and the oldest half when that isn't enough."""
        live = [(subject, minute) for subject, minute in self.minutes.items() if at - minute.began < MINUTE_SECONDS]
        self.minutes = dict(live if len(live) < MAX_SUBJECTS else live[len(live) // 2 :])

    def seconds(self, subject: str, at: float) -> int:
        return max(1, round(self.minutes[subject].began + MINUTE_SECONDS - at))
