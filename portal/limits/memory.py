"""The one budget, points per minute, and the limit of failed tokens. In memory, for one process alone; redis.py shares it."""

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from portal.limits.budgets import MINUTE_SECONDS, Budget, Left, used_up

MAX_SUBJECTS = 50_000  # addresses remembered at once, so that a caller with many can't fill the memory


def new_id() -> str:
    """Returns a random name for a minute."""
    return secrets.token_hex(8)


@dataclass
class Minute:
    """What a subject spent since its minute began. `id`: by which a settlement finds the minute that was paid from."""

    began: float
    spent: int = 0
    id: str = field(default_factory=new_id)

    def seconds(self, at: float) -> int:
        """Returns how many seconds are to go, at least one."""
        return max(1, round(self.began + MINUTE_SECONDS - at))


@dataclass
class Minutes:
    """Minutes by subject, the newest last. `forgetful`: where there are too many, older ones are forgotten though they aren't over."""

    forgetful: bool
    by_subject: dict[str, Minute] = field(default_factory=dict)
    room: int = MAX_SUBJECTS

    def begin(self, subject: str, at: float) -> Minute:
        self.by_subject.pop(subject, None)
        if len(self.by_subject) >= self.room:
            self.forget(at)
        minute = self.by_subject[subject] = Minute(at)
        return minute

    def forget(self, at: float) -> None:
        """Drops the minutes that are over. A forgetful one keeps the newest alone, so that it is half empty; another one makes room."""
        running = [(subject, minute) for subject, minute in self.by_subject.items() if at - minute.began < MINUTE_SECONDS]
        if self.forgetful:
            running = running[-MAX_SUBJECTS // 2 :]
        self.by_subject, self.room = dict(running), max(MAX_SUBJECTS, 2 * len(running))


@dataclass
class Spending:
    """Counts by subject; a subject's minute begins with its first point.

    Anyone can come from many addresses, so that these are counted apart: they displace no key, organization or person.
    """

    clock: Callable[[], float] = time.monotonic
    addresses: Minutes = field(default_factory=lambda: Minutes(forgetful=True))
    callers: Minutes = field(default_factory=lambda: Minutes(forgetful=False))
    guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_away(self) -> bool:
        """Whether it can't be asked just now, so that each process counts by itself."""
        return False

    def spend(self, budgets: Sequence[Budget], points: int = 1) -> Left:
        """Takes the points from all budgets, or raises Limited when one of them is used up and takes none."""
        with self.guard:
            at = self.clock()
            minutes = self.running(budgets, at)
            for budget, minute in zip(budgets, minutes, strict=True):
                if minute and minute.spent >= budget.points:
                    raise used_up(budget, minute.seconds(at))
            return self.take(budgets, minutes, points, at)

    def settle(self, budgets: Sequence[Budget], points: int, paid_from: Sequence[str]) -> Left:
        """Takes what a request cost beyond what was paid, even past the limit. Negative points are given back to the minutes with the ids
        `paid_from` alone: a minute that has begun since then gets none."""
        with self.guard:
            at = self.clock()
            minutes = self.running(budgets, at)
            if points > 0:
                return self.take(budgets, minutes, points, at)
            for minute, minute_id in zip(minutes, paid_from, strict=True):
                if minute and minute.id == minute_id:
                    minute.spent = max(0, minute.spent + points)
            return left_of(budgets, minutes, at)

    def left(self, budgets: Sequence[Budget]) -> Left:
        """Returns what is left, and takes nothing."""
        with self.guard:
            at = self.clock()
            return left_of(budgets, self.running(budgets, at), at)

    def take(self, budgets: Sequence[Budget], minutes: list[Minute | None], points: int, at: float) -> Left:
        for index, budget in enumerate(budgets):
            minute = minutes[index] = minutes[index] or self.minutes_of(budget).begin(budget.subject, at)
            minute.spent += points
        return left_of(budgets, minutes, at)

    def running(self, budgets: Sequence[Budget], at: float) -> list[Minute | None]:
        """Returns each budget's minute, or None where none has begun."""
        minutes = [self.minutes_of(budget).by_subject.get(budget.subject) for budget in budgets]
        return [minute if minute and at - minute.began < MINUTE_SECONDS else None for minute in minutes]

    def minutes_of(self, budget: Budget) -> Minutes:
        return self.addresses if budget.is_of_address else self.callers


def left_of(budgets: Sequence[Budget], minutes: Sequence[Minute | None], at: float) -> Left:
    return tightest(budgets, [(minute.spent, minute.seconds(at), minute.id) if minute else (0, MINUTE_SECONDS, "") for minute in minutes])


def tightest(budgets: Sequence[Budget], minutes: Sequence[tuple[int, int, str]]) -> Left:
    """Returns what is left of the budget with the fewest points; `minutes`: what is spent of each, its seconds to go, its id."""
    index = 0
    for other in range(1, len(budgets)):
        if max(0, budgets[other].points - minutes[other][0]) < max(0, budgets[index].points - minutes[index][0]):
            index = other
    spent, seconds, _ = minutes[index]
    return Left(budgets[index], max(0, budgets[index].points - spent), seconds, tuple([minute[2] for minute in minutes]))
