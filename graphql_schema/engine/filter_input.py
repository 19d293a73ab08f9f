"""From a coerced filter to the registry's: names of columns and relations, and choices; and the scopes that relations need."""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from graphql_schema.engine.node_ids import read_id
from graphql_schema.engine.schema_index import FilterField, SchemaIndex
from portal.errors import Invalid, inside
from portal.registry.choices import UNDISCLOSED
from portal.registry.read.filters import NO_NULL, NO_NULL_BUT_UNSET, check_length

Filter = Mapping[str, Any]
COMPARISONS: Mapping[str, Callable[[int, int], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def translate(index: SchemaIndex, filter_name: str, where: Filter) -> dict[str, Any]:
    """Returns the filter as portal/registry/read/filters.py reads it. Raises Invalid, with the path, for a null where none may stand."""
    filters, translated = index.filters[filter_name], dict[str, Any]()
    for name, value in where.items():
        with inside(name):
            if name in {"and", "or"}:
                check_given(value)
                translated[name] = [*translate_parts(index, filter_name, value), *translated.get(name, ())]
            elif name == "not":
                check_given(value)
                translated[name] = translate(index, filter_name, value)
            elif filters[name].target:
                check_given(value)
                translated[filters[name].column] = translate_relation(index, filters[name], value)
            else:
                check_given(value, NO_NULL_BUT_UNSET)
                add(translated, filters[name].column, translate_lookup(index, filter_name, filters[name], value))
    return translated


def translate_parts(index: SchemaIndex, filter_name: str, parts: Sequence[Filter]) -> Iterator[dict[str, Any]]:
    for place, part in enumerate(parts):
        with inside(f"[{place}]"):
            yield translate(index, filter_name, part)


def translate_lookup(index: SchemaIndex, filter_name: str, field: FilterField, lookup: Filter) -> Filter:
    """Returns the conditions on a column."""
    if field.listed:
        return translate_list(field.choices, lookup) if field.choices else lookup
    for name, operand in lookup.items():
        with inside(name):
            check_given(operand, NO_NULL if field.identity else NO_NULL_BUT_UNSET)
            if isinstance(operand, list):
                check_length(operand)
    if field.identity:
        return translate_ids(index.records[filter_name.removesuffix("Filter")].tag, lookup)
    return translate_choices(field.choices, lookup) if field.choices else lookup


def check_given(value: Any, message: str = NO_NULL) -> None:
    """Raises Invalid for an explicit null, which many clients send for a variable that they leave unset."""
    if value is None:
        raise Invalid(message)


def add(translated: dict[str, Any], column: str, lookup: Filter) -> None:
    """Two fields may show one column, as id and databaseId do; both of their lookups must hold."""
    if column in translated:
        translated["and"] = [*translated.get("and", ()), {column: lookup}]
    else:
        translated[column] = lookup


def translate_ids(tag: str, lookup: Filter) -> dict[str, Any]:
    """Returns the lookup with the numbers in its ids. Raises Invalid for an id of another type."""
    return {
        name: [read_id(tag, text, f"{name}[{place}]") for place, text in enumerate(value)]
        if isinstance(value, list)
        else read_id(tag, value, name)
        for name, value in lookup.items()
    }


def missing_scopes(index: SchemaIndex, granted: frozenset[str], filter_name: str, where: Filter) -> Iterator[tuple[str, frozenset[str]]]:
    """(`Type.field`, scopes of which one is needed) of each relation in a filter that may not be read, and so not be filtered by."""
    filters = index.filters[filter_name]
    for name, value in where.items():
        if value is None:
            continue
        if name in {"and", "or", "not"}:
            for part in value if isinstance(value, list) else [value]:
                yield from missing_scopes(index, granted, filter_name, part)
        elif filters[name].target:
            field = f"{filter_name.removesuffix('Filter')}.{name}"
            needed = index.needed[field]
            if needed and not needed & granted:
                yield field, needed
            for part in value.values() if filters[name].listed else [value]:
                yield from missing_scopes(index, granted, filters[name].target, part or {})


def translate_relation(index: SchemaIndex, relation: FilterField, value: Filter) -> dict[str, Any]:
    """Returns the target's filter, or one for each of some, none and every."""
    if not relation.listed:
        return translate(index, relation.target, value)
    translated: dict[str, Any] = {}
    for quantifier, part in value.items():
        with inside(quantifier):
            check_given(part)
            translated[quantifier] = translate(index, relation.target, part)
    return translated


def translate_choices(choices: type[Enum], lookup: Filter) -> dict[str, Any]:
    """Returns the lookup with the enum's members: Strawberry gives their texts, and NOT_DISCLOSED has two. Unset is what isn't a choice."""
    translated: dict[str, Any] = {}
    for name, value in lookup.items():
        if name == "isNull" and value:
            translated["notIn"] = list(choices)
        elif name == "isNull" and value is not None:
            narrow(translated, list(choices))
        elif name in COMPARISONS:
            with inside(name):
                narrow(translated, compared(choices, name, value))
        elif name == "in" and value is not None:
            narrow(translated, [choices(text) for text in value])
        else:
            translated[name] = value and choices(value)
    return translated


def narrow(translated: dict[str, Any], members: Sequence[Enum]) -> None:
    """Leaves of the choices that it may be those that are among the members."""
    translated["in"] = [member for member in members if member in translated.get("in", members)]


def compared(choices: type[Enum], comparison: str, text: str) -> list[Enum]:
    """Returns the choices that are greater or less than one. Raises Invalid for one that is neither."""
    members = [member for member in choices if member.value != UNDISCLOSED]
    if choices(text) not in members:
        raise Invalid(f"{choices(text).name} is neither greater nor less than another. Use eq, ne or in.")
    place, holds = members.index(choices(text)), COMPARISONS[comparison]
    return [member for number, member in enumerate(members) if holds(number, place)]


def translate_list(choices: type[Enum], lookups: Filter) -> dict[str, Any]:
    """Translates some, none and every of a list of choices: the choices of which it must hold one, and of which it must hold none."""
    translated: dict[str, Any] = {}
    for quantifier, lookup in lookups.items():
        with inside(quantifier):
            members = members_of(choices, lookup)
        if quantifier == "some":
            translated["hasAny"] = members
        else:
            excluded = members if quantifier == "none" else [choice for choice in choices if choice not in members]
            translated["hasNone"] = translated.get("hasNone", []) + excluded
    return translated


def members_of(choices: type[Enum], lookup: Filter | None) -> list[Enum]:
    """Returns the choices that meet a lookup."""
    if lookup is None:
        raise Invalid(NO_NULL)
    members = list(choices)
    for name, value in lookup.items():
        with inside(name):
            check_given(value)
        if name == "isNull":
            members = [] if value else members
            continue
        operands = [choices(text) for text in value] if name == "in" else [choices(value)]
        members = [choice for choice in members if (choice in operands) is (name != "ne")]
    return members
