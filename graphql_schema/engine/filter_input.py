"""From a coerced filter to the registry's: names of columns and relations, and choices; and the scopes that relations need."""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from graphql_schema.engine.node_ids import number_in
from graphql_schema.engine.schema_index import FilterField, SchemaIndex
from portal.errors import Invalid

Filter = Mapping[str, Any]


def translate(index: SchemaIndex, filter_name: str, where: Filter) -> dict[str, Any]:
    """Returns the filter as portal/registry/read/filters.py reads it. Raises Invalid for a null where none may stand."""
    filters, translated = index.filters[filter_name], dict[str, Any]()
    for name, value in where.items():
        if value is None:
            raise Invalid(f"{name} can't be null in a filter. Leave it out, or ask isNull.", "where")
        if name == "not":
            translated[name] = translate(index, filter_name, value)
        elif name in {"and", "or"}:
            parts = [translate(index, filter_name, part) for part in value]
            translated[name] = [*translated.get(name, ()), *parts]
        elif filters[name].target:
            translated[filters[name].column] = translate_relation(index, filters[name], value)
        elif filters[name].identity:
            add(translated, filters[name].column, translate_ids(index.records[filter_name.removesuffix("Filter")].tag, value))
        else:
            choices = filters[name].choices
            read = translate_list if filters[name].listed else translate_choices
            add(translated, filters[name].column, read(choices, value) if choices else value)
    return translated


def add(translated: dict[str, Any], column: str, lookup: Filter) -> None:
    """Two fields may show one column, as id and databaseId do; both of their lookups must hold."""
    if column in translated:
        translated["and"] = [*translated.get("and", ()), {column: lookup}]
    else:
        translated[column] = lookup


def translate_ids(tag: str, lookup: Filter) -> dict[str, Any]:
    """Returns the lookup with the numbers in its ids. Raises Invalid for an id of another type."""

    def number_of(text: str | None) -> int | None:
        number = None if text is None else number_in(tag, text)
        if text is not None and number is None:
            raise Invalid(f"id takes ids of this type, as {tag}:20.", "where")
        return number

    return {name: [number_of(text) for text in value] if isinstance(value, list) else number_of(value) for name, value in lookup.items()}


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
    return {quantifier: part if part is None else translate(index, relation.target, part) for quantifier, part in value.items()}


def translate_choices(choices: type[Enum], lookup: Filter) -> dict[str, Any]:
    """Returns the lookup with the enum's members: Strawberry gives their texts, and NOT_DISCLOSED has two. Unset is what isn't a choice."""
    translated: dict[str, Any] = {}
    for name, value in lookup.items():
        if name == "isNull" and value:
            translated["notIn"] = list(choices)
        elif name == "isNull" and value is not None:
            translated.setdefault("in", list(choices))
        else:
            translated[name] = [choices(text) for text in value] if isinstance(value, list) else value and choices(value)
    return translated


def translate_list(choices: type[Enum], lookups: Filter) -> dict[str, Any]:
    """Translates some, none and every of a list of choices: the choices of which it must hold one, and of which it must hold none."""
    translated: dict[str, Any] = {}
    for quantifier, lookup in lookups.items():
        members = members_of(choices, lookup, quantifier)
        if quantifier == "some":
            translated["hasAny"] = members
        else:
            excluded = members if quantifier == "none" else [choice for choice in choices if choice not in members]
            translated["hasNone"] = translated.get("hasNone", []) + excluded
    return translated


def members_of(choices: type[Enum], lookup: Filter | None, quantifier: str) -> list[Enum]:
    """Returns the choices that meet a lookup."""
    if lookup is None or None in lookup.values():
        raise Invalid(f"{quantifier} can't hold null. Leave it out.", "where")
    members = list(choices)
    for name, value in lookup.items():
        if name == "isNull":
            members = [] if value else members
            continue
        operands = [choices(text) for text in value] if name == "in" else [choices(value)]
        members = [choice for choice in members if (choice in operands) is (name != "ne")]
    return members
