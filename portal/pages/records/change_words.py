"""Changes of records in words, as "IPv4 prefix limit 20 → 30"; and what an import would have said of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from portal.audit.sentences import say_value
from portal.pages.records.labels import label_of
from portal.pages.records.nouns import NOUN_OF_TAG
from portal.registry.contacts import CONTACT
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
    what = "" if (change.record_type, change.record_id) == about else f"{name_of_record(change, names)}: "
    if change.field == "status":
        yield first_capital(f"{what}{say_status(change)}")
    elif change.field == "source":
        yield first_capital(f"{what}{'follows the import' if change.after == FROM_IMPORT else 'kept here'}")
    elif is_hidden(TYPES[change.record_type], change.field):
        yield first_capital(f"{what}{label_of(change.field)} changed")
    else:
        yield first_capital(f"{what}{label_of(change.field)} {say_short(change.before)} → {say_short(change.after)}")


def first_capital(text: str) -> str:
    return text[0].upper() + text[1:]


def say_status(change: Any) -> str:
    if change.before is None:
        return "created, pending" if change.after == "pending" else "created"
    return "deleted" if change.after == DELETED else "approved" if change.before == "pending" else str(change.after)


def say_short(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = [" ".join(map(str, part.values())) for part in value]
    text = say_value(value)
    return f"{text[:MAX_VALUE_CHARACTERS]}…" if len(text) > MAX_VALUE_CHARACTERS else text


def name_of_record(change: Any, names: Names) -> str:
    return names.get((change.record_type, change.record_id)) or f"{NOUN_OF_TAG[change.record_type].one} {change.record_id}"


def names_of_parts(parts: Sequence[Parts]) -> dict[tuple[str, int], str]:
    """Returns (tag, id) → what the page's lists call a record."""
    return {(part.kind.tag, row.id): f"{NOUN_OF_TAG[part.kind.tag].one} {name_in_list(part, row)}" for part in parts for row in part.rows}


def name_in_list(part: Parts, row: Any) -> str:
    if part.kind is CONTACT:
        return str(row.role)
    return str(next(filter(None, (getattr(row, name, None) for name in ("ipaddr4", "ipaddr6", "prefix", "name", "id")))))


def say_difference(difference: Difference, names: Names, about: tuple[str, int]) -> tuple[str, str, str]:
    """Returns the field, what is here, and what the import has."""
    identity = (difference.record_type, difference.record_id)
    name = names.get(identity) or f"{NOUN_OF_TAG[difference.record_type].one} {difference.record_id}"
    what = "" if identity == about else f"{name[0].upper()}{name[1:]}"
    if difference.field == WHOLE_ROW:
        return what, say_presence(difference.stored), say_presence(difference.imported)
    what = f"{what}: {label_of(difference.field)}" if what else label_of(difference.field)
    if difference.clash_id:
        return what, say_short(difference.stored), f"the same, of {difference.record_type}:{difference.clash_id}, which was left out"
    if difference.field == STATUS:
        return what, "live", "deleted" if difference.imported == "deleted" else say_short(difference.imported)
    return what, say_short(difference.stored), say_short(difference.imported)


def say_presence(values: Any) -> str:
    return "isn't there" if values is None else "is there"
