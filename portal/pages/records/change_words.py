"""Changes of records in words, as "IPv4 prefix limit: 20 → 30"; and what an import would have said of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from portal.audit.sentences import say_value
from portal.pages.records.labels import label_of
from portal.pages.records.nouns import name_part, number_part
from portal.registry.contacts import CONTACT
from portal.registry.description import RecordType
from portal.registry.read.differences.read_differences import STATUS, WHOLE_ROW, Difference
from portal.registry.read.own.parts import Parts
from portal.registry.records import DELETED, FROM_IMPORT
from portal.registry.types import TYPES
from portal.registry.write.record_history import is_hidden

Names = Mapping[tuple[str, int], str]
MAX_SHOWN_CHANGES = 12
MAX_VALUE_CHARACTERS = 120


def say_act(changes: Sequence[Any], names: Names, about: tuple[str, int] | None = None) -> list[str]:
    """Returns what one act did, a line each; of an act on many records how many it changed further."""
    lines = [line for change in changes for line in say_change(change, names, about)]
    return [*lines[:MAX_SHOWN_CHANGES], *([f"and {len(lines) - MAX_SHOWN_CHANGES:,} more"] if len(lines) > MAX_SHOWN_CHANGES else [])]


def say_change(change: Any, names: Names, about: tuple[str, int] | None) -> Iterator[str]:
    """`about`: the record that is spoken of anyway, which needn't be named."""
    name = "" if (change.record_type, change.record_id) == about else name_of_record(change, names)
    if change.field == "status":
        yield first_capital(f"{name}: {say_status(change)}" if name else say_status(change))
    elif change.field == "source":
        words = "follows the import" if change.after == FROM_IMPORT else "kept here"
        yield first_capital(f"{name}: {words}" if name else words)
    else:
        yield say_field(name, TYPES[change.record_type], change.field, change.before, change.after)


def say_field(name: str, kind: RecordType, column: str, before: Any, after: Any) -> str:
    """As "Port 192.0.2.1, Speed in Mbit/s: 1000 → 10000"; of what isn't told only that it changes."""
    field = first_capital(f"{name}, {label_of(column)}" if name else label_of(column))
    return f"{field}: changed" if is_hidden(kind, column) else f"{field}: {say_short(before)} → {say_short(after)}"


def first_capital(text: str) -> str:
    return text[0].upper() + text[1:]


def say_status(change: Any) -> str:
    if change.before is None:
        return "created, pending" if change.after == "pending" else "created"
    return "deleted" if change.after == DELETED else "approved" if change.before == "pending" else str(change.after)


def say_short(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = [f"{part.get('service', '')} {part.get('identifier', '')}" for part in value]
    text = say_value(value)
    return f"{text[:MAX_VALUE_CHARACTERS]}…" if len(text) > MAX_VALUE_CHARACTERS else text


def name_of_record(change: Any, names: Names) -> str:
    return names.get((change.record_type, change.record_id)) or number_part(TYPES[change.record_type], change.record_id)


def names_of_parts(parts: Sequence[Parts]) -> dict[tuple[str, int], str]:
    """Returns (tag, id) → what the page calls a record of its lists."""
    return {
        (part.kind.tag, row.id): name_of_values(part.kind, row.id, row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
        for part in parts
        for row in part.rows
    }


def name_of_values(kind: RecordType, number: int, values: Mapping[Any, Any]) -> str:
    columns = ("role",) if kind is CONTACT else ("ipaddr4", "ipaddr6", "prefix", "name")
    name = next((str(values[column]) for column in columns if values.get(column)), "")
    return name_part(kind, name) if name else number_part(kind, number)


def say_difference(difference: Difference, names: Names, about: tuple[str, int]) -> tuple[str, str, str]:
    """Returns the field, what is here, and what the import has."""
    identity = (difference.record_type, difference.record_id)
    whole = (difference.stored or difference.imported) if difference.field == WHOLE_ROW else {}
    name = names.get(identity) or name_of_values(TYPES[difference.record_type], difference.record_id, whole)
    what = "" if identity == about else first_capital(name)
    if difference.field == WHOLE_ROW:
        return what, say_presence(difference.stored), say_presence(difference.imported)
    what = f"{what}, {label_of(difference.field)}" if what else label_of(difference.field)
    if difference.clash_id:
        return what, say_short(difference.stored), f"the same, of {difference.record_type}:{difference.clash_id}, which was left out"
    if difference.field == STATUS:
        return what, "live", "deleted" if difference.imported == "deleted" else say_short(difference.imported)
    return what, say_short(difference.stored), say_short(difference.imported)


def say_presence(values: Any) -> str:
    return "missing" if values is None else "present"
