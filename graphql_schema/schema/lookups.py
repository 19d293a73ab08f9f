"""Filters: the conditions on a value of each kind, and the filter of a record type, made from the fields it shows."""

from enum import Enum
from typing import Any, get_args

import strawberry
from strawberry import UNSET
from strawberry.types.field import StrawberryField

from graphql_schema.schema.enums import ENUMS, OWN_ENUMS, graphql_name
from graphql_schema.schema.lazy_types import filter_reference
from graphql_schema.schema.scalars import ASN, DateTime, IPAddress, IPPrefix
from graphql_schema.schema.social_media import SocialMedia
from portal.registry.choices import ORDERED, NetworkType, Protocol, Voltage
from portal.registry.description import RecordType
from portal.registry.types import TYPES

EQ, NE, IN = "Equal to it.", "Not equal to it; an unset value is not equal.", "Equal to one of these, at most 500."
GT, GTE, LT, LTE = "Greater.", "Greater or equal.", "Less.", "Less or equal."
IS_NULL = "Whether it is unset."
FOLDED = "without regard to case and, in names and cities, accents"


def lookup(description: str) -> Any:
    return strawberry.field(default=UNSET, description=description)


@strawberry.input(description="Conditions on an id, as net:20 or 20. An id of another type is refused.")
class IDLookup:
    """Equality alone."""

    eq: strawberry.ID | None = lookup(EQ)
    ne: strawberry.ID | None = lookup("Not equal to it.")
    in_: list[strawberry.ID] | None = strawberry.field(name="in", default=UNSET, description=IN)


@strawberry.input(description="Conditions on a text; all conditions must hold.")
class StringLookup:
    """`contains` and its like fold both sides."""

    eq: str | None = lookup(EQ + " Exactly.")
    ne: str | None = lookup(NE)
    in_: list[str] | None = strawberry.field(name="in", default=UNSET, description=IN)
    contains: str | None = lookup(f"Contains it, {FOLDED}.")
    starts_with: str | None = lookup(f"Starts with it, {FOLDED}.")
    ends_with: str | None = lookup(f"Ends with it, {FOLDED}.")
    is_null: bool | None = lookup(IS_NULL)


@strawberry.input(description="Conditions on a Boolean.")
class BooleanLookup:
    """Equality alone."""

    eq: bool | None = lookup(EQ)
    ne: bool | None = lookup(NE)
    in_: list[bool] | None = strawberry.field(name="in", default=UNSET, description=IN)
    is_null: bool | None = lookup(IS_NULL)


@strawberry.input(description="Conditions on an address.")
class IPAddressLookup:
    """Addresses, however they are written."""

    eq: IPAddress | None = lookup(EQ)
    ne: IPAddress | None = lookup(NE)
    in_: list[IPAddress] | None = strawberry.field(name="in", default=UNSET, description=IN)
    contains_ip: IPAddress | None = lookup("Is this address, as if it were a block of its own.")
    within: IPPrefix | None = lookup("Lies in this address block.")
    family: Protocol | None = lookup("Its address family.")
    is_null: bool | None = lookup(IS_NULL)


@strawberry.input(description="Conditions on an address block.")
class IPPrefixLookup:
    """Blocks, and the addresses in them."""

    eq: IPPrefix | None = lookup(EQ)
    ne: IPPrefix | None = lookup(NE)
    in_: list[IPPrefix] | None = strawberry.field(name="in", default=UNSET, description=IN)
    contains_ip: IPAddress | None = lookup("Contains this address.")
    within: IPPrefix | None = lookup("Is this address block, or lies in it.")
    family: Protocol | None = lookup("Its address family.")


def ordered(name: str, kind: Any, description: str) -> type:
    """A lookup of something that has an order."""
    annotations = {"eq": kind | None, "ne": kind | None, "in_": list[kind] | None}
    annotations |= dict.fromkeys(("gt", "gte", "lt", "lte"), kind | None) | {"is_null": bool | None}
    texts = {"eq": EQ, "ne": NE, "gt": GT, "gte": GTE, "lt": LT, "lte": LTE, "is_null": IS_NULL}
    fields = {python: lookup(text) for python, text in texts.items()}
    fields["in_"] = strawberry.field(name="in", default=UNSET, description=IN)
    return strawberry.input(type(name, (), {"__annotations__": annotations, "__module__": __name__, **fields}), description=description)


IntLookup = ordered("IntLookup", int, "Conditions on a whole number.")
FloatLookup = ordered("FloatLookup", float, "Conditions on a number.")
ASNLookup = ordered("ASNLookup", ASN, "Conditions on an ASN.")
DateTimeLookup = ordered("DateTimeLookup", DateTime, "Conditions on a time.")


def of_choice(choices: type[Enum]) -> type:
    annotations = {"eq": choices | None, "ne": choices | None, "in_": list[choices] | None, "is_null": bool | None}  # type: ignore[valid-type]  # made at run time
    fields = {
        "eq": lookup(EQ),
        "ne": lookup(NE),
        "in_": strawberry.field(name="in", default=UNSET, description=IN),
        "is_null": lookup("Whether it is none of the choices."),
    }
    description = f"Conditions on a {graphql_name(choices)}."
    if choices in ORDERED:
        comparisons = {"gt": GT, "gte": GTE, "lt": LT, "lte": LTE}
        annotations |= dict.fromkeys(comparisons, choices | None)
        fields |= {name: lookup(text) for name, text in comparisons.items()}
        description += " NOT_DISCLOSED is neither greater nor less than another value."
    cls = type(f"{graphql_name(choices)}Lookup", (), {"__annotations__": annotations, "__module__": __name__, **fields})
    return strawberry.input(cls, description=description)


def of_several(name: str, one: Any, description: str) -> type:
    """Some, none and every, each with a lookup of one."""
    texts = {"some": "One of them meets it.", "none": "None of them meets it.", "every": "All of them meet it; true where there are none."}
    fields = {quantifier: lookup(text) for quantifier, text in texts.items()}
    annotations = dict.fromkeys(texts, one | None)
    return strawberry.input(type(name, (), {"__annotations__": annotations, "__module__": __name__, **fields}), description=description)


@strawberry.input(description="Conditions on an account or page elsewhere; all conditions must hold.")
class SocialMediaLookup:
    """Of one entry of social_media; what an entry hasn't is empty."""

    service: StringLookup | None = lookup("The kind of service, as website or mastodon.")
    identifier: StringLookup | None = lookup("The account or address there.")


LOOKUPS: dict[Any, type] = {
    strawberry.ID: IDLookup,
    str: StringLookup,
    int: IntLookup,
    float: FloatLookup,
    bool: BooleanLookup,
    ASN: ASNLookup,
    DateTime: DateTimeLookup,
    IPAddress: IPAddressLookup,
    IPPrefix: IPPrefixLookup,
    **{choices: of_choice(choices) for choices in (*ENUMS, *OWN_ENUMS)},
}
for _listed, _lookup in {NetworkType: LOOKUPS[NetworkType], Voltage: LOOKUPS[Voltage], SocialMedia: SocialMediaLookup}.items():
    LOOKUPS[list.__class_getitem__(_listed)] = of_several(
        f"{_listed.__name__}ListLookup", _lookup, f"Conditions on a list of {_listed.__name__}; all conditions must hold."
    )

LOOKUPS[list[str]] = of_several("StringListLookup", StringLookup, "Conditions on a list of texts; all conditions must hold.")

LISTS = {
    tag: of_several(
        f"{kind.model.__name__}ListFilter",
        filter_reference(tag),
        f"Conditions on the {kind.model.__name__} rows that you may see; all conditions must hold.",
    )
    for tag, kind in TYPES.items()
}


def filter_for(record: Any) -> type:
    """`NetworkFilter` of `Network`: a lookup for every column that it shows and that may be filtered by; and, or, not."""
    kind: RecordType = record.__record_type__
    name = f"{record.__name__}Filter"
    itself = filter_reference(kind.tag)
    several = list.__class_getitem__(itself) | None
    annotations: dict[str, Any] = {"and_": several, "or_": several, "not_": itself | None}
    fields: dict[str, Any] = {
        "and_": strawberry.field(name="and", default=UNSET, description="All of these hold."),
        "or_": strawberry.field(name="or", default=UNSET, description="One of these holds."),
        "not_": strawberry.field(name="not", default=UNSET, description="This doesn't hold."),
    }
    for field in record.__strawberry_definition__.fields:
        annotation, metadata = condition_of(kind, field)
        if annotation is not None:
            annotations[field.python_name] = annotation | None
            fields[field.python_name] = strawberry.field(default=UNSET, description=field.description, metadata=metadata)
    cls = type(name, (), {"__annotations__": annotations, "__module__": record.__module__, **fields})
    return strawberry.input(cls, description=f"Conditions on the rows; all must hold. An empty filter finds every {record.__name__}.")


def condition_of(kind: RecordType, field: StrawberryField) -> tuple[Any, dict[str, str]]:
    """Returns (lookup or filter, column or relation) for a field; no lookup where it can't be filtered by."""
    related = field.metadata.get("relation")
    if related:
        return LISTS[related.target] if related.many else filter_reference(related.target), {"relation": field.python_name}
    column, annotation = field.metadata["column"], field.type_annotation.annotation if field.type_annotation else None
    plain = next((part for part in get_args(annotation) if part in LOOKUPS and annotation not in LOOKUPS), annotation)
    return LOOKUPS.get(plain) if column in kind.filterable else None, {"column": column}
