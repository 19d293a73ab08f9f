"""What came of an import, for people, scripts and the record of imports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from portal.importer.imported_types import FALLEN, IMPORTED_TYPES, ImportedType
from portal.importer.plan import INSERT, UPDATE
from portal.importer.problems import LEFT, NULLED

Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Outcome:
    """`counts`: type → how many rows the file has and what became of them; "deleted" are rows that the file doesn't name as such.

    `problems`: {type, problem, …, count}, the most frequent first. `version`: the registry's, after it. `ignored`: types that aren't
    PeeringDB's; `unknown_fields`: {type, field, count} of fields that we have no column for; `counted_fields`: `net.ix_count`, which we
    count ourselves. `differences`: from what is kept here.
    """

    version: int
    changed: bool
    counts: Counts
    problems: list[dict[str, Any]]
    ignored: list[str]
    unknown_fields: list[dict[str, Any]] = field(default_factory=list)
    counted_fields: list[str] = field(default_factory=list)
    differences: int = 0

    def total(self, name: str) -> int:
        return sum(counts[name] for counts in self.counts.values())

    @property
    def clean(self) -> bool:
        """Whether the registry now says all that the file says, but for what was rightly left alone."""
        return not self.total("skipped") and not any(problem["outcome"] == NULLED for problem in self.problems)

    def facts(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "changed": self.changed,
            "clean": self.clean,
            "types": self.counts,
            "problems": self.problems,
            "ignored": self.ignored,
            "unknownFields": self.unknown_fields,
            "countedFields": self.counted_fields,
            "differences": self.differences,
        }


def with_tally(counts: Counts, tally: Mapping[tuple[str, str], int]) -> Counts:
    """The counts of the newest plan with what was really done, also by plans before it."""
    result = {}
    for tag, planned in counts.items():
        done = {name: tally.get((tag, name), 0) for name in ("added", "updated", "deleted")}
        unchanged = planned["inFile"] - planned["skipped"] - planned["leftAlone"] - done["added"] - done["updated"]
        result[tag] = planned | done | {"unchanged": max(0, unchanged)}
    return result


def count_rows(connection: Connection) -> Counts:
    """As the plan says."""
    return {tag: count_type(connection, kind) for tag, kind in IMPORTED_TYPES.items()}


def count_type(connection: Connection, kind: ImportedType) -> dict[str, int]:
    rows = connection.execute(select(kind.staged.c.skip, kind.staged.c.act, func.count()).group_by(kind.staged.c.skip, kind.staged.c.act))
    counts = {"inFile": 0, "added": 0, "updated": 0, "unchanged": 0, "deleted": 0, "skipped": 0, "leftAlone": 0}
    for skip, act, count in rows:
        became = "leftAlone" if skip in LEFT else "skipped" if skip else {INSERT: "added", UPDATE: "updated"}.get(act, "unchanged")
        counts["inFile"] += count
        counts[became] += count
    doomed = select(func.count()).select_from(FALLEN).where(FALLEN.c.type == kind.tag, FALLEN.c.doomed)
    counts["deleted"] = connection.scalar(doomed) or 0
    return counts
