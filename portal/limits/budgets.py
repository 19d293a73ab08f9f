"""Budgets: how many points a minute a caller has, and what is left."""

from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network

from portal.errors import Limited

MINUTE_SECONDS = 60
KEY_POINTS, ORGANIZATION_POINTS, PERSON_POINTS, ADDRESS_POINTS = 1000, 5000, 1000, 60  # points a minute
MAX_FAILED_TOKENS = 30  # a minute from an address
MAX_REPORTED_TOKENS = 300  # a minute from an address
SUBJECT_LABELS = {
    "key": "an API key",
    "organization": "all API keys of an organization",
    "address": "an address without an API key",
    "person": "a person",
    "failures": "wrong tokens from an address",
    "reports": "tokens reported by an address",
}
NAMES_OF_ADDRESSES = {"address", "failures", "reports"}


@dataclass(frozen=True)
class Budget:
    """`subject` has `points` a minute; `name`, one of SUBJECT_LABELS, is what clients are told the policy is called."""

    name: str
    subject: str
    points: int

    @property
    def is_of_address(self) -> bool:
        """Whether anyone who has many addresses has many of these."""
        return self.name in NAMES_OF_ADDRESSES


@dataclass(frozen=True)
class Left:
    """What is left of the tightest budget, for how many seconds. `minutes`: the id of each budget's minute, "" where none has begun."""

    budget: Budget
    points: int
    seconds: int
    minutes: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """The fields of draft-ietf-httpapi-ratelimit-headers."""
        name = self.budget.name
        return {
            "RateLimit-Policy": f'"{name}";q={self.budget.points};w={MINUTE_SECONDS}',
            "RateLimit": f'"{name}";r={self.points};t={self.seconds}',
        }


def used_up(budget: Budget, wait: int) -> Limited:
    """The refusal, for `wait` seconds."""
    limit = f"The limit of {budget.points} points a minute for {SUBJECT_LABELS[budget.name]}"
    return Limited(f"{limit} is used up. Try again in {wait} s.", wait)


def failures_of(address: str) -> Budget:
    """The failed tokens of an address."""
    return Budget("failures", f"failures {neighbourhood(address)}", MAX_FAILED_TOKENS)


def reports_of(address: str) -> Budget:
    """The tokens that an address reports as leaked, ours or not."""
    return Budget("reports", f"reports {neighbourhood(address)}", MAX_REPORTED_TOKENS)


def neighbourhood(address: str) -> str:
    """What counts as one caller: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))
    return str(parsed)
