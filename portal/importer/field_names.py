"""The names of a dump's fields that aren't taken as they are: those that no column has, and those that are counted here."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from portal.importer.fields import FIELDS, peeringdb_name
from portal.importer.values import text
from portal.registry.types import RECORDS, TYPES

TAKEN = {tag: frozenset(field.name for field in fields) for tag, fields in FIELDS.items()}
# What PeeringDB repeats of another record or field.
REPEATED = {
    **dict.fromkeys(("fac", "carrier", "campus"), frozenset({"org_name"})),
    **dict.fromkeys(("netfac", "ixfac"), frozenset({"name", "city", "country"})),
    **dict.fromkeys(("carrierfac", "netixlan"), frozenset({"name"})),
    "ixpfx": frozenset({"protocol"}),
}
COUNTED = {tag: frozenset(map(peeringdb_name, TYPES[tag].counters)) for tag in RECORDS}
MAX_UNKNOWN_FIELDS, MAX_NAME_CHARACTERS = 100, 60  # a file can name as many as it has bytes for


class FieldNames:
    """`unknown`: (type, field) → rows that have it. `counted`: (type, field) of what the file tells and we count ourselves."""

    def __init__(self) -> None:
        self.unknown: Counter[tuple[str, str]] = Counter()
        self.counted: set[tuple[str, str]] = set()

    def note(self, tag: str, row: Mapping[str, Any]) -> None:
        for name in row.keys() - TAKEN[tag] - REPEATED.get(tag, frozenset()):
            if name in COUNTED[tag]:
                self.counted.add((tag, name))
            else:
                self.note_unknown(tag, text(name)[:MAX_NAME_CHARACTERS])

    def note_unknown(self, tag: str, name: str) -> None:
        has_place = (tag, name) in self.unknown or len(self.unknown) < MAX_UNKNOWN_FIELDS
        self.unknown[(tag, name) if has_place else (tag, "other")] += 1

    def facts(self) -> tuple[list[dict[str, Any]], list[str]]:
        """Returns what Outcome tells: the unknown ones, the most frequent first, and the counted ones by name."""
        unknown = sorted(self.unknown.items(), key=lambda counted: (-counted[1], counted[0]))
        facts = [{"type": tag, "field": name, "count": count} for (tag, name), count in unknown]
        return facts, [f"{tag}.{name}" for tag, name in sorted(self.counted)]
