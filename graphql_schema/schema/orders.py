"""`orderBy`: the order of a record type, made from the fields it shows and the indexes that the registry has for them."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, cast

import strawberry

from portal.registry.description import RecordType

FOLDED = " Without regard to case and accents."


class OrderDirection(Enum):
    """The direction of a sort order; texts go by code point, an empty one is the smallest."""

    ASC = "ASC"
    DESC = "DESC"


DIRECTIONS = {"ASC": "The smallest first.", "DESC": "The greatest first."}


def describe(choices: type[Enum], description: str, texts: Mapping[str, str]) -> None:
    """Makes the enum known to Strawberry, with the description of each value."""
    strawberry.enum(choices, description=description)
    for value in cast(Any, choices).__strawberry_definition__.values:
        value.description = texts[value.name]


describe(OrderDirection, cast(str, OrderDirection.__doc__), DIRECTIONS)


def order_for(record: Any) -> type:
    """`NetworkOrder` of `Network`: a field and a direction."""
    kind: RecordType = record.__record_type__
    name = f"{record.__name__}Order"
    direction = strawberry.field(default=OrderDirection.ASC.value, description="The direction.")  # the sorted schema knows values alone
    fields = {"field": strawberry.field(description="The field."), "direction": direction}
    annotations = {"field": fields_for(record, kind), "direction": OrderDirection}
    order = type(name, (), {"__annotations__": annotations, "__module__": record.__module__, **fields})
    return strawberry.input(order, description=f"What to sort {record.__name__} rows by.")


def fields_for(record: Any, kind: RecordType) -> type[Enum]:
    """`NetworkOrderField`: each value is the column that its rows are sorted by."""
    shown = {field.metadata["column"]: field for field in record.__strawberry_definition__.fields if "column" in field.metadata}
    names = {column: shown[column].python_name.upper() for column in sorted(kind.orders)}
    texts = {names[column]: shown[column].description + (FOLDED if folded != column else "") for column, folded in kind.orders.items()}
    values = {names[column]: kind.orders[column] for column in names}
    sortable: type[Enum] = cast(Any, Enum)(f"{record.__name__}OrderField", values, module=record.__module__)
    describe(sortable, f"What {record.__name__} rows can be sorted by.", texts)
    return sortable
