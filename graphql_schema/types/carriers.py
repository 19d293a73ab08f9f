"""Carrier, and the facilities it serves."""

from graphql_schema.schema.fields import column, page, record, relation
from graphql_schema.schema.lookups import filter_for
from graphql_schema.schema.orders import order_for
from graphql_schema.types.lazy_types import CarrierFacilityPage, CarrierRef, FacilityRef, OrganizationRef
from graphql_schema.types.records import Named, Record
from portal.registry.carriers import CARRIER, CARRIER_FACILITY


@record(CARRIER)
class Carrier(Named):
    """Sells transport between facilities."""

    fac_count: int = column("How many facilities it serves.")

    organization: OrganizationRef = relation("Who owns it.")
    facilities: CarrierFacilityPage = page("Its presences at facilities.")


@record(CARRIER_FACILITY)
class CarrierFacility(Record):
    """A carrier's presence at a facility, pending until the facility's organization approves."""

    carrier: CarrierRef = relation("The carrier.")
    facility: FacilityRef = relation("The facility.")


CarrierFilter = filter_for(Carrier)
CarrierOrder = order_for(Carrier)
CarrierFacilityFilter = filter_for(CarrierFacility)
CarrierFacilityOrder = order_for(CarrierFacility)
