"""Query: where every question starts. Its fields say which rows are meant, and the engine reads them."""

from typing import Any

import strawberry

from graphql_schema.engine.rows import Rows
from graphql_schema.fields import argument, every, rows
from graphql_schema.records import Node
from graphql_schema.references import ContactPage, ExchangePage, ExchangeRef, NetworkPage, NetworkRef
from graphql_schema.scalars import ASN
from graphql_schema.viewer import Viewer, viewer
from portal.directory.paging import LARGEST_ID
from portal.directory.types import TYPES
from portal.errors import Invalid

ID = "As net:20: the type's PeeringDB tag and the record's number."


def by_id(tag: str, text: str) -> Rows:
    """The row of an id such as net:20; none for another type's id, or no id at all."""
    found, _, number = text.partition(":")
    fits = found == tag and number.isascii() and number.isdecimal() and len(number) <= 10 and int(number) <= LARGEST_ID
    return Rows(tag, "id", int(number) if fits else -1)


def network(_source: Any, _info: Any, asn: int | None = None, id: str | None = None) -> Rows:  # noqa: A002 - the argument's name
    if id is not None and asn is None:
        return by_id("net", id)
    if asn is not None and id is None:
        return Rows("net", "asn", asn)
    raise Invalid("Give exactly one of asn and id.", "asn")


def exchange(_source: Any, _info: Any, id: str) -> Rows:  # noqa: A002 - the argument's name
    return by_id("ix", id)


def node(_source: Any, _info: Any, id: str) -> Rows | None:  # noqa: A002 - the argument's name
    tag = id.partition(":")[0]
    return by_id(tag, id) if tag in TYPES else None


@strawberry.type(description="Every question starts here.")
class Query:
    """Reads only."""

    viewer: Viewer = strawberry.field(resolver=viewer, description="Who is asking, and what for. Needs no scope.")
    node: Node | None = rows(
        node,
        "The record with this id, of any type; null where there is none to be seen. Needs no scope itself, its fields need theirs.",
        argument("id", strawberry.ID, ID),
    )
    network: NetworkRef | None = rows(
        network,
        "The network with this ASN or id; null where there is none to be seen. Give exactly one.",
        argument("asn", ASN | None, "Its autonomous system number."),
        argument("id", strawberry.ID | None, ID),
        tag="net",
    )
    networks: NetworkPage = every("net", "Networks, by id.")
    exchange: ExchangeRef | None = rows(
        exchange,
        "The exchange with this id; null where there is none to be seen.",
        argument("id", strawberry.ID, "As ix:26: the type's PeeringDB tag and the record's number."),
        tag="ix",
    )
    exchanges: ExchangePage = every("ix", "Exchanges, by id.")
    contacts: ContactPage = every("poc", "Contacts of all networks, as far as you may see them, by id.")
