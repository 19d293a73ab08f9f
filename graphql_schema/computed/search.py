"""Search: what people know of a record, a name, an ASN, an address or an AS-SET, leads to it."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry

from graphql_schema.computed.types import found_by
from graphql_schema.engine.computed import Expected, FilterReader, Finder
from graphql_schema.engine.cost.filter_cost import COMPARISON_UNITS, ROW_UNITS, UNITS_PER_ROW
from graphql_schema.engine.page_size import read_first
from graphql_schema.schema.connections import Connection
from graphql_schema.schema.fields import argument
from graphql_schema.schema.scalars import Cursor
from graphql_schema.types.campuses import Campus
from graphql_schema.types.carriers import Carrier
from graphql_schema.types.exchanges import Exchange
from graphql_schema.types.facilities import Facility
from graphql_schema.types.networks import Network
from graphql_schema.types.organizations import Organization
from portal.registry.read import search
from portal.registry.read.search_sql import KINDS
from portal.registry.read.sizes import Sizes
from portal.registry.read.statements import Reader

DEFAULT_RESULTS, MAX_RESULTS = 20, 100

SearchResult = Annotated[
    Network | Exchange | Facility | Organization | Carrier | Campus,
    strawberry.union("SearchResult", description="What search finds. Each type's fields need its scope."),
]


@strawberry.type(description="A page of what was found, the best first. Needs the scope of the list.")
class SearchConnection(Connection[SearchResult]):
    """A page."""


def read(given: Mapping[str, Any], _filters: FilterReader) -> search.SearchRequest:
    return search.read_question(given["text"], read_first(given.get("first"), MAX_RESULTS, DEFAULT_RESULTS), given.get("after"))


def find(reader: Reader, question: search.SearchRequest, fields: frozenset[str]) -> search.Results:
    return search.search(reader, question, rows=has_rows(fields), total="totalCount" in fields)


def has_rows(fields: frozenset[str]) -> bool:
    return not fields.isdisjoint({"nodes", "edges", "pageInfo"})


def expect(question: search.SearchRequest, sizes: Sizes, fields: frozenset[str]) -> Expected:
    """A text scans all names, with and without punctuation, once for the rows and once for their number; an index finds an address."""
    scans = has_rows(fields) + ("totalCount" in fields)
    units = sum(sizes[kind.tag] for kind in KINDS) * (ROW_UNITS + COMPARISON_UNITS * (question.words + 1)) if question.words else 0
    return Expected(question.first, scans * units / UNITS_PER_ROW)


SEARCH = found_by(
    Finder(read, find, expect),
    "Networks, exchanges, facilities, organizations, carriers and campuses by name, other names, ASN, AS-SET or address, of the types that "
    "you may read. All words must occur, without regard to case, accents and punctuation. An address leads to the network and the exchange "
    "whose port has it, and to exchanges with a prefix around it. Equal names, ASNs and addresses come first, then names that begin with "
    "the text, then words that do; networks before exchanges, facilities, organizations, carriers and campuses. Of equals of one type the "
    "larger come first: networks at many exchanges, exchanges and facilities with many networks, carriers at many facilities.",
    (),
    argument(
        "text",
        str,
        f"{search.MIN_TEXT_CHARACTERS} to {search.MAX_TEXT_CHARACTERS} characters, or an ASN. "
        "Names with or without their punctuation; an ASN as 64500, AS64500 or ASN64500; an AS-SET as AS-EXAMPLE, RIPE::AS-EXAMPLE or "
        "AS-EXAMPLE@RIPE. No character means more than itself.",
    ),
    argument("first", int | None, f"Maximum rows to return, 0 to {MAX_RESULTS}.", DEFAULT_RESULTS),
    argument("after", Cursor | None, "Begin after this cursor's row: `endCursor` of the page before."),
)
