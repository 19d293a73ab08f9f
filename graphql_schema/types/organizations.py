"""Organization."""

from typing import Any

from graphql_schema.schema.fields import record, relation
from graphql_schema.schema.lookups import filter_for
from graphql_schema.schema.orders import order_for
from graphql_schema.types.records import Addressed
from portal.registry.organizations import ORGANIZATION


@record(ORGANIZATION)
class Organization(Addressed):
    """Owns networks, exchanges, facilities, carriers and campuses."""

    networks: Any = relation("The networks it owns.")
    exchanges: Any = relation("The exchanges it owns.")
    facilities: Any = relation("The facilities it owns.")
    carriers: Any = relation("The carriers it owns.")
    campuses: Any = relation("The campuses it owns.")


OrganizationFilter = filter_for(Organization)
OrganizationOrder = order_for(Organization)
