"""The public schema: Strawberry types by hand, one file per noun, which the engine knows how to read."""

import strawberry
from strawberry.printer import print_schema
from strawberry.schema.config import StrawberryConfig

from graphql_schema.campuses import Campus
from graphql_schema.carriers import Carrier, CarrierFacility
from graphql_schema.contacts import Contact
from graphql_schema.engine.schema import learn
from graphql_schema.exchanges import Exchange, PeeringLan, Prefix
from graphql_schema.facilities import ExchangeFacility, Facility, NetworkFacility
from graphql_schema.networks import Network
from graphql_schema.organizations import Organization
from graphql_schema.ports import ExchangePort
from graphql_schema.queries import Query
from graphql_schema.scalars import SCALARS
from graphql_schema.scopes import RequiresScope, describe_argument

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

schema = strawberry.Schema(Query, types=[*RECORDS, RequiresScope], config=StrawberryConfig(scalar_map=SCALARS, sort_schema=True))
describe_argument(schema)
KNOWN = learn(schema._schema)  # noqa: SLF001 - Strawberry's own is what graphql-core executes


def sdl() -> str:
    """The schema as sorted text; `python -m graphql_schema > graphql_schema/schema.graphql` prints the committed copy anew."""
    return print_schema(schema) + "\n"
