"""Organization."""

from graphql_schema.schema.fields import page, record
from graphql_schema.schema.lookups import filter_for
from graphql_schema.schema.orders import order_for
from graphql_schema.types.lazy_types import CampusPage, CarrierPage, ExchangePage, FacilityPage, NetworkPage
from graphql_schema.types.records import Addressed
from portal.registry.organizations import ORGANIZATION


@record(ORGANIZATION)
class Organization(Addressed):
    """Owns networks, exchanges, facilities, carriers and campuses."""

    networks: NetworkPage = page("The networks it owns.")
    exchanges: ExchangePage = page("The exchanges it owns.")
    facilities: FacilityPage = page("The facilities it owns.")
    carriers: CarrierPage = page("The carriers it owns.")
    campuses: CampusPage = page("The campuses it owns.")


OrganizationFilter = filter_for(Organization)
OrganizationOrder = order_for(Organization)
