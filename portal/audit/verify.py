"""Walks the chain of audit rows and names those that were changed, removed or inserted."""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, String, func, select, type_coerce
from sqlalchemy.types import NullType

from portal.audit.events import Event
from portal.audit.record import SEALED, seal
from portal.models import AuditRow

ROWS_AT_ONCE = 1_000  # rows in memory
MAX_FINDINGS = 100
POSTGRESQL_FORM = 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
NUMBER = SEALED.index("number")
DETAILS = SEALED.index("details")


@dataclass(frozen=True)
class Head:
    """A row's number and HMAC: keep those of the newest row elsewhere, and a tail that is cut off is noticed."""

    number: int
    mac: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.mac.hex()}"


@dataclass(frozen=True)
class Finding:
    """What is wrong with the rows `first` to `last`: changed, missing, inserted, or a word of its own."""

    first: int
    last: int
    wrong: str
    words: str


@dataclass
class Verdict:
    """`findings` holds the first 100 of `wrong` many; `head` is None without rows."""

    rows: int = 0
    wrong: int = 0
    head: Head | None = None
    findings: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        self.wrong += 1
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(finding)


@dataclass(frozen=True)
class Stored:
    """A row as it stands in the database, whatever was done to it."""

    number: int
    at: object
    values: list[Any]
    mac: bytes

    def fits(self, key: bytes, before: bytes, number: int) -> bool:
        sealed = self.seal(key, before, number)
        return sealed is not None and hmac.compare_digest(sealed, self.mac)

    def seal(self, key: bytes, before: bytes, number: int) -> bytes | None:
        """The HMAC that the row should have; None for values that the portal never wrote."""
        values = [*self.values]
        values[NUMBER] = number
        try:
            values[DETAILS] = orjson.loads(values[DETAILS])
            return seal(key, before, self.at, values) if isinstance(self.at, str) else None
        except (TypeError, ValueError):
            return None


@dataclass
class Walk:
    """`befores`: what the next row may be chained to: the HMAC stored before it, what that should have been, the one stored before that.

    `shift`: by how much rows were renumbered to hide that one was inserted (or removed, below 0). `suspect`: a row that fits nowhere yet.
    """

    key: bytes
    verdict: Verdict
    befores: list[bytes] = field(default_factory=lambda: [b""])
    last: int = 0
    shift: int = 0
    suspect: int | None = None
    fitting: int = 0

    def step(self, row: Stored) -> None:
        self.verdict.rows += 1
        if row.number <= self.last:
            self.verdict.add(Finding(row.number, row.number, "inserted", f"Row {row.number} was inserted before the first."))
            return
        if row.number > self.last + 1:
            self.close()
            self.miss(self.last + 1, row.number - 1, f", so that row {row.number} can't be checked")
            self.befores = [row.mac]
        else:
            self.look(row)
        self.last = row.number

    def look(self, row: Stored) -> None:
        number = row.number - self.shift
        moved_by = next((moved for moved in (0, -1, 1) if any(row.fits(self.key, before, number + moved) for before in self.befores)), None)
        if moved_by is None:
            self.close()
            self.suspect = row.number
            self.befores = [row.mac, row.seal(self.key, self.befores[0], number) or b"", self.befores[0]]
        else:
            self.fitting += 1
            self.befores = [row.mac, *(self.befores[:1] if moved_by == -1 else [])]
            self.follow(row.number, moved_by)

    def follow(self, number: int, moved: int) -> None:
        """What a row that fits says of those before it."""
        self.shift -= moved
        suspect, swapped = self.suspect, number - 2
        if moved == -1 and suspect is not None:
            self.verdict.add(Finding(suspect, suspect, "inserted", f"Row {suspect} was inserted."))
            self.suspect = None
        elif moved == 1 and suspect is not None:
            words = f"The row before row {suspect} was removed, and those after it renumbered."
            self.verdict.add(Finding(suspect, suspect, "missing", words))
            self.suspect = None
        elif moved == 1 and self.verdict.findings[-1].first == swapped:
            words = f"Rows {swapped} and {swapped + 1} were swapped."
            self.verdict.findings[-1] = Finding(swapped, swapped + 1, "swapped", words)
        self.close()

    def close(self) -> None:
        """No row explained the suspect, so it was changed itself."""
        if self.suspect is not None:
            self.verdict.add(Finding(self.suspect, self.suspect, "changed", f"Row {self.suspect} was changed, or put there by others."))
            self.suspect = None

    def miss(self, first: int, last: int, words: str = "") -> None:
        rows = f"Row {first} is" if first == last else f"Rows {first} to {last} are"
        self.verdict.add(Finding(first, last, "missing", f"{rows} missing{words}."))


def verify(connection: Connection, key: bytes, noted: Head | None = None) -> Verdict:
    """What is wrong with the chain, in order. `noted` is a head of an earlier time, which must still stand where it stood.

    The holder of the key can forge rows that fit. Without a noted head no one can tell that the newest rows are gone.
    """
    walk = Walk(key, Verdict())
    if pruned := checkpoint(connection):
        walk.last, walk.befores = pruned.number, [pruned.mac]
        check_noted(walk, pruned, noted)
    rekeyed = noted is not None and check_rekeyed(walk, connection, noted)
    for row in stored(connection):
        walk.step(row)
        walk.verdict.head = Head(row.number, row.mac) if row.number == walk.last else None
        if noted and not rekeyed and row.number == noted.number and not hmac.compare_digest(row.mac, noted.mac):
            walk.verdict.add(Finding(row.number, row.number, "changed", f"Row {row.number} isn't the one that was noted."))
    walk.close()
    if noted and noted.number > walk.last:
        walk.miss(walk.last + 1, noted.number, " at the end")
    return other_key(walk) if walk.verdict.rows > 1 and not walk.fitting else walk.verdict


def check_noted(walk: Walk, pruned: Head, noted: Head | None) -> None:
    """What was pruned can't be compared any more, but for its last row."""
    if noted and noted.number <= pruned.number and noted != pruned:
        words = f"Row {noted.number}, which was noted, was pruned, so that it can't be compared. Note the present head."
        walk.verdict.add(Finding(noted.number, noted.number, "noted", words))


def check_rekeyed(walk: Walk, connection: Connection, noted: Head) -> bool:
    """Returns whether the head was noted under an earlier key. The row that tells of a new key holds the head before it, and no other."""
    details = type_coerce(AuditRow.details, String)
    rows = connection.execute(select(details).where(AuditRow.event == Event.AUDIT_REKEYED.value, AuditRow.number > noted.number)).scalars()
    heads = [str(orjson.loads(row).get("head")) for row in rows]
    if heads and str(noted) not in heads:
        words = f"Row {noted.number} was noted before the audit key was changed, so that it can't be compared. Note the present head."
        walk.verdict.add(Finding(noted.number, noted.number, "noted", words))
    return bool(heads)


def checkpoint(connection: Connection) -> Head | None:
    """The last row that was pruned, as the newest row about it says, which stands in the chain itself; None where nothing was."""
    column = type_coerce(AuditRow.details, NullType())
    newest = select(column).where(AuditRow.event == Event.AUDIT_PRUNED.value).order_by(AuditRow.number.desc()).limit(1)
    stored_text = connection.scalar(newest)
    try:
        details: dict[str, Any] = orjson.loads(stored_text) if stored_text else {}
        return Head(int(details["number"]), bytes.fromhex(details["mac"]))
    except (KeyError, TypeError, ValueError):
        return None


def other_key(walk: Walk) -> Verdict:
    """One finding instead of one for each row."""
    finding = Finding(
        walk.last - walk.verdict.rows + 1,
        walk.last,
        "key",
        "No row fits PORTAL_AUDIT_KEY: they were written with another key, or all changed.",
    )
    return Verdict(walk.verdict.rows, 1, walk.verdict.head, [finding])


def stored(connection: Connection) -> Iterator[Stored]:
    """All rows in order, 1,000 at a time, with values as the driver gives them: those that others wrote may be of any kind."""
    at: Any = type_coerce(AuditRow.at, String)
    if connection.dialect.name == "postgresql":
        at = func.to_char(func.timezone("UTC", AuditRow.at), POSTGRESQL_FORM)
    columns = [type_coerce(getattr(AuditRow, name), NullType()) for name in (*SEALED, "mac")]
    statement = select(at, *columns).order_by(AuditRow.number).execution_options(yield_per=ROWS_AT_ONCE)
    rows: Iterable[Any] = connection.execute(statement)
    for moment, *values, mac in rows:
        yield Stored(values[NUMBER], moment, values, mac if isinstance(mac, bytes) else b"")
