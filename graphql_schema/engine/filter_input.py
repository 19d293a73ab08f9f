"""From a coerced filter to the directory's: names of columns and relations, and choices; and the scopes that relations need."""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from graphql_schema.engine.node_ids import number_in
from graphql_schema.engine.schema_index import KnownFilter, KnownSchema
from portal.errors import Invalid

Filter = Mapping[str, Any]


def translate(known: KnownSchema, filter_name: str, where: Filter) -> dict[str, Any]:
    """The filter as portal/registry/read/filters.py reads it. Raises Invalid for a null that can't be."""
    filters, translated = known.filters[filter_name], dict[str, Any]()
    for name, value in where.items():
        if value is None:
            raise Invalid(f"{name} can't be null in a filter. Leave it out, or ask isNull.", "where")
        if name == "not":
            translated[name] = translate(known, filter_name, value)
        elif name in {"and", "or"}:
            parts = [translate(known, filter_name, part) for part in value]
            translated[name] = [*translated.get(name, ()), *parts]
        elif filters[name].target:
            translated[filters[name].column] = of_relation(known, filters[name], value)
        elif filters[name].identity:
            add(translated, filters[name].column, of_ids(known.records[filter_name.removesuffix("Filter")].tag, value))
        else:
            choices = filters[name].choices
            read = of_list if filters[name].listed else chosen
            add(translated, filters[name].column, read(choices, value) if choices else value)
    return translated


def add(translated: dict[str, Any], column: str, asked: Filter) -> None:
    """Two fields may show one column, as id and databaseId do; what is asked of both must hold."""
    if column in translated:
        translated["and"] = [*translated.get("and", ()), {column: asked}]
    else:
        translated[column] = asked


def of_ids(tag: str, lookup: Filter) -> dict[str, Any]:
    """The numbers in the ids that a lookup names. Raises Invalid for an id of another type."""

    def number(text: str | None) -> int | None:
        found = None if text is None else number_in(tag, text)
        if text is not None and found is None:
            raise Invalid(f"id takes ids of this type, as {tag}:20.", "where")
        return found

    return {name: [number(each) for each in value] if isinstance(value, list) else number(value) for name, value in lookup.items()}


def missing_scopes(known: KnownSchema, granted: frozenset[str], filter_name: str, where: Filter) -> Iterator[tuple[str, frozenset[str]]]:
    """(`Type.field`, scopes of which one is needed) of each relation in a filter that may not be read, and so not be filtered by."""
    filters = known.filters[filter_name]
    for name, value in where.items():
        if value is None:
            continue
        if name in {"and", "or", "not"}:
            for part in value if isinstance(value, list) else [value]:
                yield from missing_scopes(known, granted, filter_name, part)
        elif filters[name].target:
            field = f"{filter_name.removesuffix('Filter')}.{name}"
            needed = known.needed[field]
            if needed and not needed & granted:
                yield field, needed
            for part in value.values() if filters[name].listed else [value]:
                yield from missing_scopes(known, granted, filters[name].target, part or {})


def of_relation(known: KnownSchema, asked: KnownFilter, value: Filter) -> dict[str, Any]:
    """The target's filter, or one for each of some, none and every."""
    if not asked.listed:
        return translate(known, asked.target, value)
    return {quantifier: part if part is None else translate(known, asked.target, part) for quantifier, part in value.items()}


def chosen(choices: type[Enum], lookup: Filter) -> dict[str, Any]:
    """The lookup with members of the enum: Strawberry gives their texts, and NOT_DISCLOSED has two. Unset is what isn't a choice."""
    found: dict[str, Any] = {}
    for name, value in lookup.items():
        if name == "isNull" and value:
            found["notIn"] = list(choices)
        elif name == "isNull" and value is not None:
            found.setdefault("in", list(choices))
        else:
            found[name] = [choices(each) for each in value] if isinstance(value, list) else value and choices(value)
    return found


def of_list(choices: type[Enum], asked: Filter) -> dict[str, Any]:
    """What some, none and every ask of a list of choices: the choices of which it must hold one, and of which it must hold none."""
    found: dict[str, Any] = {}
    for quantifier, lookup in asked.items():
        meant = members(choices, lookup, quantifier)
        if quantifier == "some":
            found["hasAny"] = meant
        else:
            found["hasNone"] = found.get("hasNone", []) + (
                meant if quantifier == "none" else [each for each in choices if each not in meant]
            )
    return found


def members(choices: type[Enum], lookup: Filter | None, quantifier: str) -> list[Enum]:
    """The choices that a lookup means."""
    if lookup is None or None in lookup.values():
        raise Invalid(f"{quantifier} can't hold null. Leave it out.", "where")
    meant = list(choices)
    for name, value in lookup.items():
        if name == "isNull":
            meant = [] if value else meant
            continue
        wanted = [choices(each) for each in value] if name == "in" else [choices(value)]
        meant = [each for each in meant if (each in wanted) is (name != "ne")]
    return meant
