"""What a mutation is given: an input type for each noun and verb, made from what the registry lets be edited."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address
from typing import Any, get_args

import strawberry
from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from graphql_schema.engine.node_ids import read_id
from graphql_schema.schema.fields import argument
from graphql_schema.schema.scalars import ASN, IPPrefix
from portal.errors import Invalid
from portal.registry.description import RecordType
from portal.registry.editable import Editable
from portal.registry.exchanges import EXCHANGE
from portal.registry.networks import NETWORK
from portal.registry.types import TYPES

IF_VERSION = "The `version` that you read. Where the record has another one by now, nothing is changed, and the current record comes back."
DRY_RUN = "Does all of it, answers, and takes it back. A record that would be created is null then."
FIRST_PREFIX = "The first prefix of its peering LAN, which is created with it, as 80.81.192.0/21."
IDEMPOTENCY_KEY = (
    "A text of your own, such as a UUID. What was done under it is answered again for 24 hours, as it is by then, and not done again. "
    "It belongs to your API key, not to its token."
)
TAGS = {kind.table.name: tag for tag, kind in TYPES.items()}


@strawberry.input(description="An account or page elsewhere.")
class SocialMediaInput:
    """PeeringDB's social_media entry."""

    service: str = strawberry.field(description="The kind of service, as website or mastodon.")
    identifier: str = strawberry.field(description="The account or address there.")


def input_for(record: Any, verb: str) -> type:
    """Returns `CreateNetworkInput` or `UpdateNetworkInput`: what can be given; an update leaves alone what is left out."""
    kind: RecordType = record.__record_type__
    annotations, fields = dict[str, Any](), dict[str, Any]()
    if verb == "update":
        for name, annotation, description in identity_fields(kind):
            annotations[name], fields[name] = annotation, strawberry.field(default=UNSET, description=description)
    for column, editable in kind.editable.items():
        if editable.once and verb == "update":
            continue
        needed = editable.required and verb == "create"
        annotation = annotation_of(record, kind, column, editable)
        annotations[column] = annotation if needed else annotation | None
        description = describe_input(record, kind, column)
        fields[column] = strawberry.field(description=description) if needed else strawberry.field(default=UNSET, description=description)
    if (kind, verb) == (EXCHANGE, "create"):
        annotations["prefix"], fields["prefix"] = IPPrefix, strawberry.field(description=FIRST_PREFIX)
    name = f"{verb.capitalize()}{record.__name__}Input"
    ordered = dict(sorted(annotations.items(), key=lambda item: item[0] in fields and fields[item[0]].default is UNSET))
    cls = type(name, (), {"__annotations__": ordered, "__module__": __name__, **fields})
    text = "A new record." if verb == "create" else "What is left out stays as it is; null empties a field that can be empty."
    return strawberry.input(cls, description=text)


def identity_fields(kind: RecordType) -> Iterator[tuple[str, Any, str]]:
    """Yields name, annotation and description of what says which record is meant."""
    example = f"{kind.tag}:20"
    yield "id", strawberry.ID | None, f"As {example}: the type's PeeringDB tag and the record's number, or the number alone."
    if kind is NETWORK:
        yield "asn", ASN | None, "Its autonomous system number, instead of the id."
    yield "if_version", int | None, IF_VERSION


def annotation_of(record: Any, kind: RecordType, column: str, editable: Editable) -> Any:
    """As the record's own field of the column, which may be absent; an id for a reference."""
    if kind.table.c[column].foreign_keys:
        return strawberry.ID
    if editable.type is dict:
        return list[SocialMediaInput]
    field = field_of(record, column)
    annotation = field.type_annotation.annotation if field.type_annotation else editable.type
    return next((part for part in get_args(annotation) if part is not type(None)), annotation) if not editable.listed else annotation


def field_of(record: Any, column: str) -> Any:
    return next(field for field in record.__strawberry_definition__.fields if field.metadata.get("column") == column)


def describe_input(record: Any, kind: RecordType, column: str) -> str:
    """The field's own description, without the scope that reading it needs."""
    keys = kind.table.c[column].foreign_keys
    if keys:
        tag = TAGS[next(iter(keys)).column.table.name]
        return f"As {tag}:20 or 20. PeeringDB: {kind.tag}.{column.replace('_id', '')}."
    text: str = field_of(record, column).description
    return text.partition(" Needs ")[0]


def read_input(kind: RecordType, given: Mapping[str, Any]) -> dict[str, Any]:
    """Returns column → value of what was given. Raises Invalid for an id of another type."""
    names = {to_camel_case(column): column for column in kind.editable}
    extra = {"prefix": given["prefix"]} if kind is EXCHANGE and "prefix" in given else {}
    return extra | {names[name]: plain(kind, names[name], value) for name, value in given.items() if name in names}


def plain(kind: RecordType, column: str, value: Any) -> Any:
    keys = kind.table.c[column].foreign_keys
    if keys and value is not None:
        return read_id(TAGS[next(iter(keys)).column.table.name], str(value), f"input.{to_camel_case(column)}")
    return str(value) if isinstance(value, IPv4Address | IPv6Address) else value


def read_identity(kind: RecordType, given: Mapping[str, Any]) -> tuple[str, int]:
    """Returns the unique column that was given, and its value. Raises Invalid for none or both."""
    names = [name for name in ("id", "asn") if given.get(name) is not None and (name == "id" or kind is NETWORK)]
    if len(names) != 1:
        raise Invalid(f"Give exactly one of {'id and asn' if kind is NETWORK else 'id'}.", "input.id")
    return names[0], read_id(kind.tag, given["id"], "input.id") if names[0] == "id" else given["asn"]


def dry_run_argument() -> Any:
    return argument("dry_run", bool | None, DRY_RUN, False)


def idempotency_argument() -> Any:
    return argument("idempotency_key", str | None, IDEMPOTENCY_KEY)
