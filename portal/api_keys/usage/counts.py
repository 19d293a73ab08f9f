"""What was counted since the last flush. Each part has a bound, so that no caller can fill the memory, and adding takes no time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

OUTCOMES = ("ok", "denied", "limited", "errors")
OTHER = "other"  # what has no line of its own any more
MAX_NAMES, MAX_SOURCES = 50, 5  # of a key's day, of a key
MAX_REFUSALS = 1000  # between two flushes: of tokens of keys, and as many of others, which anyone can send from many addresses
MINUTES_KEPT = timedelta(hours=1)
MAX_NAME_CHARACTERS, MAX_AGENT_CHARACTERS, MAX_ADDRESS_CHARACTERS = 64, 200, 64

Day = tuple[str, date]  # a key's id and a day in UTC
Source = tuple[str, str]  # an address and a user agent
Refusal = tuple[datetime, str, str, str]  # the hour, the reason, the address, and the key's id, "" where no key is known


class Use(NamedTuple):
    """One request of a key. `operation` is its name, "" without one; None where the request was refused before it was read."""

    outcome: str
    points: int = 1
    token_id: str = ""
    operation: str | None = None
    scopes: Sequence[str] = ()  # that it lacked


@dataclass
class Counts:
    """`days`: outcome or "points" → how many; `minutes`: key and minute → points.

    `operations`: name → requests, those not answered in full, points.
    `sources`: by key, the last used last, each with its first and last time; `tokens`: token id → its last use;
    `returned`: key and token id of retired tokens that came back → from where.
    """

    days: dict[Day, dict[str, int]] = field(default_factory=dict)
    minutes: dict[tuple[str, datetime], int] = field(default_factory=dict)
    operations: dict[Day, dict[str, tuple[int, int, int]]] = field(default_factory=dict)
    scopes: dict[tuple[Day, str], int] = field(default_factory=dict)
    sources: dict[str, dict[Source, tuple[datetime, datetime]]] = field(default_factory=dict)
    tokens: dict[str, datetime] = field(default_factory=dict)
    refusals: dict[Refusal, int] = field(default_factory=dict)
    of_no_key: int = 0  # refusals
    returned: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not self.days and not self.refusals

    def use(self, key_id: str, source: Source, use: Use, at: datetime) -> None:
        day = key_id, at.date()
        self.count(day, use.outcome, 1)
        self.count(day, "points", use.points)
        self.spend(key_id, at.replace(second=0, microsecond=0), use.points)
        if use.operation is not None:
            self.ask(day, use.operation[:MAX_NAME_CHARACTERS], (1, int(use.outcome != "ok"), use.points))
        for scope in use.scopes:
            self.lack(day, scope, 1)
        self.see(key_id, source, at, at)
        self.tokens[use.token_id] = at

    def count(self, day: Day, name: str, number: int) -> None:
        counted = self.days.setdefault(day, {})
        counted[name] = counted.get(name, 0) + number

    def spend(self, key_id: str, minute: datetime, points: int) -> None:
        self.minutes[key_id, minute] = self.minutes.get((key_id, minute), 0) + points

    def ask(self, day: Day, name: str, numbers: tuple[int, int, int]) -> None:
        names = self.operations.setdefault(day, {})
        if name not in names and len(names) >= MAX_NAMES:
            name = OTHER
        requests, failed, points = names.get(name, (0, 0, 0))
        names[name] = requests + numbers[0], failed + numbers[1], points + numbers[2]

    def lack(self, day: Day, scope: str, number: int) -> None:
        self.scopes[day, scope] = self.scopes.get((day, scope), 0) + number

    def see(self, key_id: str, source: Source, first: datetime, last: datetime) -> None:
        sources = self.sources.setdefault(key_id, {})
        first, _ = sources.pop(source, (first, last))
        sources[source] = first, last
        if len(sources) > MAX_SOURCES:
            del sources[next(iter(sources))]

    def refuse(self, refusal: Refusal, number: int = 1) -> None:
        hour, reason, _, key_id = refusal
        alike = len(self.refusals) - self.of_no_key if key_id else self.of_no_key
        if refusal not in self.refusals and alike >= MAX_REFUSALS:
            refusal = hour, reason, OTHER, key_id
        self.of_no_key += refusal not in self.refusals and not key_id
        self.refusals[refusal] = self.refusals.get(refusal, 0) + number

    def add(self, newer: "Counts") -> None:
        """What was counted after this."""
        for day, counted in newer.days.items():
            for name, number in counted.items():
                self.count(day, name, number)
        for (key_id, minute), points in newer.minutes.items():
            self.spend(key_id, minute, points)
        newest = max((minute for _, minute in self.minutes), default=None)
        self.minutes = {line: points for line, points in self.minutes.items() if newest is None or newest - line[1] < MINUTES_KEPT}
        for day, names in newer.operations.items():
            for name, numbers in names.items():
                self.ask(day, name, numbers)
        for (day, scope), number in newer.scopes.items():
            self.lack(day, scope, number)
        for key_id, sources in newer.sources.items():
            for source, (first, last) in sources.items():
                self.see(key_id, source, first, last)
        for refusal, number in newer.refusals.items():
            self.refuse(refusal, number)
        self.tokens |= newer.tokens
        self.returned |= newer.returned


def plain(text: str, longest: int) -> str:
    """What a database takes, of a text that a caller chose."""
    return text.replace("\0", "")[:longest]
