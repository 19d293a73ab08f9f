"""The public schema: Strawberry types by hand, one file per noun, which the engine reads through its index."""

import strawberry
from strawberry.printer import print_schema
from strawberry.schema.config import StrawberryConfig

from graphql_schema.engine.schema_index import build_index
from graphql_schema.mutations.mutation import Mutation
from graphql_schema.query import Query
from graphql_schema.schema.scalars import SCALARS
from graphql_schema.schema.scopes import RequiresScope, describe_argument, scopes_of
from graphql_schema.types.campuses import Campus
from graphql_schema.types.carriers import Carrier, CarrierFacility
from graphql_schema.types.contacts import Contact
from graphql_schema.types.exchanges import Exchange, PeeringLan, Prefix
from graphql_schema.types.facilities import ExchangeFacility, Facility, NetworkFacility
from graphql_schema.types.networks import Network
from graphql_schema.types.organizations import Organization
from graphql_schema.types.ports import ExchangePort

RECORDS = (
    Campus,
    Carrier,
    CarrierFacility,
    Contact,
    Exchange,
    ExchangeFacility,
    ExchangePort,
    Facility,
    Network,
    NetworkFacility,
    Organization,
    PeeringLan,
    Prefix,
)

schema = strawberry.Schema(Query, Mutation, types=[*RECORDS, RequiresScope], config=StrawberryConfig(scalar_map=SCALARS, sort_schema=True))
describe_argument(schema)
INDEX = build_index(schema._schema, scopes_of)  # noqa: SLF001 - Strawberry's own is what graphql-core executes


def sdl() -> str:
    """The schema as sorted text; `python -m graphql_schema > graphql_schema/schema.graphql` prints the committed copy anew."""
    return print_schema(schema) + "\n"
