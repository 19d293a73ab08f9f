"""What clients know of the keys that they change and use. An act is acknowledged once its whole answer was read."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock


@dataclass(frozen=True)
class KeyState:
    """A key's rows. `events`: of its audit rows, in order; none where there is no such key. `retired`: tokens that have ended."""

    events: tuple[str, ...] = ()
    note: str = ""
    disabled: bool = False
    revoked: bool = False
    tokens: int = 0
    retired: int = 0

    @property
    def works(self) -> bool:
        return not (self.disabled or self.revoked)


@dataclass
class TrackedKey:
    """`state` is acknowledged; `pending` is where an act leads that wasn't answered. `working` and `ended` are tokens."""

    name: str
    id: str = ""
    state: KeyState = field(default_factory=KeyState)
    pending: KeyState | None = None
    working: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    requests: int = 0  # sent with its tokens, answered or not

    @contextmanager
    def act(self, event: str, **changes: object) -> Iterator[None]:
        """The block sends the act and reads its answer. Where it raises, nobody knows whether the act happened."""
        self.pending = replace(self.state, events=(*self.state.events, event), **changes)  # type: ignore[arg-type]
        yield
        self.state, self.pending = self.pending, None

    def end_tokens(self) -> None:
        self.ended += self.working
        self.working = []

    def settle(self, stored: KeyState) -> bool:
        """Takes over what is stored. Returns whether that is what was acknowledged, with or without the pending act: nothing between."""
        fits = stored in {self.state, self.pending}
        if stored.retired > self.state.retired:
            self.end_tokens()
        self.state, self.pending = stored, None
        return fits


@dataclass
class Ledger:
    """All keys by name. `lost`: acknowledged acts that aren't there any more; `happened`: acts without an answer that are."""

    keys: dict[str, TrackedKey] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    acknowledged: int = 0
    answers: int = 0  # to requests with a key
    in_flight: int = 0
    happened: int = 0
    lost: int = 0
    guard: Lock = field(default_factory=Lock)

    def add(self, name: str) -> TrackedKey:
        key = self.keys[name] = TrackedKey(name)
        return key

    def compare(self, stored: Mapping[str, KeyState], requests: Mapping[str, int]) -> None:
        """`requests`: how many the account of use has of each key; a kill may lose some of them, and invents none."""
        for name, key in self.keys.items():
            now, before = stored.get(name, KeyState()), (key.state, key.pending)
            self.in_flight += key.pending is not None
            self.happened += key.pending is not None and now == key.pending
            if not key.settle(now):
                self.lost += max(1, len(before[0].events) - len(now.events))
                self.problems.append(f"{name} is stored as {now}, and should be one of {before}")
            if requests.get(name, 0) > key.requests:
                self.problems.append(f"{name} was used {key.requests} times, and the account says {requests[name]}")
        self.problems += [f"{name} was never asked for" for name in stored.keys() - self.keys.keys()]
