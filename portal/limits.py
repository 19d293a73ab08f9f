"""The one budget, points per minute, and the limit of failed tokens. Here in memory, one process's own; shared_limits.py shares it."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network

from portal.access import Kind, Principal
from portal.errors import Limited

MINUTE = 60
KEY_POINTS, ORGANIZATION_POINTS, PERSON_POINTS, ADDRESS_POINTS = 1000, 5000, 1000, 60
FAILURES = 30
REPORTS = 300
ROWS_PER_POINT = 100
WORDS = {
    "key": "an API key",
    "organization": "all API keys of an organization",
    "address": "an address without an API key",
    "person": "a person",
    "failures": "wrong tokens from an address",
    "reports": "tokens reported by an address",
}
MOST_COUNTED = 50_000  # subjects remembered at once, so that a caller with many addresses can't fill the memory


@dataclass(frozen=True)
class Budget:
    """`subject` has `points` a minute; `name`, one of WORDS, is what clients are told the policy is called."""

    name: str
    subject: str
    points: int


@dataclass(frozen=True)
class Left:
    """What is left of the tightest budget, for how many seconds."""

    budget: Budget
    points: int
    seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """The fields of draft-ietf-httpapi-ratelimit-headers."""
        name = self.budget.name
        return {
            "RateLimit-Policy": f'"{name}";q={self.budget.points};w={MINUTE}',
            "RateLimit": f'"{name}";r={self.points};t={self.seconds}',
        }


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
        found = self.minutes.get(subject)
        if found is None or at - found.began >= MINUTE:
            if len(self.minutes) >= MOST_COUNTED:
                self.forget(at)
            found = self.minutes[subject] = Minute(at)
        return found

    def forget(self, at: float) -> None:
        """Drops the minutes that are over, and the oldest half when that isn't enough."""
        live = [(subject, minute) for subject, minute in self.minutes.items() if at - minute.began < MINUTE]
        self.minutes = dict(live if len(live) < MOST_COUNTED else live[len(live) // 2 :])

    def seconds(self, subject: str, at: float) -> int:
        return max(1, round(self.minutes[subject].began + MINUTE - at))


def used_up(budget: Budget, wait: int) -> Limited:
    """The refusal, for `wait` seconds."""
    limit = f"The limit of {budget.points} points a minute for {WORDS[budget.name]}"
    return Limited(f"{limit} is used up. Try again in {wait} s.", wait)


def budgets_of(principal: Principal) -> list[Budget]:
    """What a principal's requests are taken from."""
    if principal.kind is Kind.KEY:
        of_key, of_all = principal.points or KEY_POINTS, principal.organization_points or ORGANIZATION_POINTS
        return [Budget("key", f"key {principal.id}", of_key), Budget("organization", f"organization {principal.organization_id}", of_all)]
    if principal.kind is Kind.ANONYMOUS:
        return [Budget("address", f"address {neighbourhood(principal.address)}", ADDRESS_POINTS)]
    return [Budget("person", f"person {principal.id}", PERSON_POINTS)]


def failures_of(address: str) -> Budget:
    """The failed tokens of an address."""
    return Budget("failures", f"failures {neighbourhood(address)}", FAILURES)


def reports_of(address: str) -> Budget:
    """The tokens that an address reports as leaked, ours or not."""
    return Budget("reports", f"reports {neighbourhood(address)}", REPORTS)


def neighbourhood(address: str) -> str:
    """What counts as one caller: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))
    return str(parsed)


def points_of(rows: int) -> int:
    """What a request costs that touched so many rows."""
    return max(1, rows // ROWS_PER_POINT)
