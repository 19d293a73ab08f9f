"""Query, the root type. Its fields return which rows they mean, and the engine reads them."""

import strawberry

from graphql_schema.computed.overlap import COMMON_EXCHANGES, COMMON_FACILITIES, IP_ADDRESS, CommonExchange, CommonFacility, IPOwner
from graphql_schema.computed.peers import PEERS, PeerPage
from graphql_schema.computed.search import SEARCH, SearchConnection
from graphql_schema.query_fields import ID, MAX_IDS, Roots, node, nodes
from graphql_schema.schema.fields import argument, rows
from graphql_schema.types.history_page import HistoryPage, history_field
from graphql_schema.types.import_comparison import ImportDifference, import_differences_field
from graphql_schema.types.rate_limit import RateLimit, rate_limit
from graphql_schema.types.records import Node
from graphql_schema.types.viewer import Viewer, viewer


@strawberry.type(description="The root of every query.")
class Query(Roots):
    """Reads only."""

    viewer: Viewer = strawberry.field(resolver=viewer, description="Who is calling. Needs no scope.")
    node: Node | None = rows(
        node,
        "The record with this id, of any type; null if none is visible. Needs no scope itself, its fields need theirs.",
        argument("id", strawberry.ID, ID),
    )
    nodes: list[Node | None] = rows(
        nodes,
        "The records with these ids, of any types, in their order; null if none is visible. Needs no scope itself, its fields need theirs.",
        argument("ids", list[strawberry.ID], f"At most {MAX_IDS}. {ID}"),
    )
    search: SearchConnection = SEARCH
    rate_limit: RateLimit = strawberry.field(resolver=rate_limit, description="What you may still read in this minute. Needs no scope.")
    history: HistoryPage | None = history_field()
    import_differences: list[ImportDifference] = import_differences_field()
    peers: PeerPage = PEERS
    common_exchanges: list[CommonExchange] = COMMON_EXCHANGES
    common_facilities: list[CommonFacility] = COMMON_FACILITIES
    ip_address: IPOwner | None = IP_ADDRESS
