"""Organization."""

from graphql_schema.fields import page, record
from graphql_schema.lookups import filter_for
from graphql_schema.orders import order_for
from graphql_schema.records import Addressed
from graphql_schema.references import CampusPage, CarrierPage, ExchangePage, FacilityPage, NetworkPage
from portal.directory.organizations import ORGANIZATION


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
