"""The registry's choices as GraphQL enums: our name, with PeeringDB's text in the description."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, cast

import strawberry

from portal.registry.choices import Audience, GeographicScope, Source, Status, raw_texts
from portal.registry.types import TYPES

OWN_ENUMS: dict[type[Enum], Mapping[Enum, str]] = {
    Source: {
        Source.IMPORT: "It follows PeeringDB's data: an import overwrites it, and it can be changed here once its organization keeps it.",
        Source.HERE: "Its organization keeps it here: an import leaves it alone.",
    }
}
NAMES: dict[type[Enum], str] = {GeographicScope: "Scope", Audience: "Visibility", Source: "RecordSource"}


def graphql_name(choices: type[Enum]) -> str:
    """The enum's name in the schema, which stays where Python's had to give way to another meaning of the word."""
    return NAMES.get(choices, choices.__name__)


def describe(choices: type[Enum], source: str) -> None:
    """Makes the enum known to Strawberry, each value with the text that PeeringDB writes."""
    strawberry.enum(choices, name=graphql_name(choices), description=f"{choices.__doc__} PeeringDB: {source}.")
    for value in cast(Any, choices).__strawberry_definition__.values:
        texts = " or ".join(repr(text) if text else '""' for text in raw_texts(choices(value.value)))
        value.description = f"PeeringDB: {texts}."


def sources() -> dict[type[Enum], str]:
    """Returns each enum with the columns that hold it, as `net.policy_general`."""
    columns: dict[type[Enum], list[str]] = {}
    for kind in TYPES.values():
        for column, choices in kind.choices.items():
            columns.setdefault(choices, []).append(f"{kind.tag}.{column}")
    return {Status: "status"} | {choices: ", ".join(names) for choices, names in columns.items()}


def describe_own(choices: type[Enum], descriptions: Mapping[Any, str], name: str | None = None) -> None:
    """Makes an enum known to Strawberry that PeeringDB doesn't have."""
    strawberry.enum(choices, name=name or graphql_name(choices), description=choices.__doc__)
    for value in cast(Any, choices).__strawberry_definition__.values:
        value.description = descriptions[choices(value.value)]


ENUMS = sources()
for _choices, _source in ENUMS.items():
    describe(_choices, _source)
for _choices, _descriptions in OWN_ENUMS.items():
    describe_own(_choices, _descriptions)
