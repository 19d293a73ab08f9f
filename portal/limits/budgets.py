"""Budgets: how many points a minute a caller has, what a request costs, and what is left."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from portal.access.principal import Kind, Principal
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
