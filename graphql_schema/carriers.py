"""Carrier, and the facilities it serves."""

from graphql_schema.fields import column, page, record, relation
from graphql_schema.lookups import filter_for
from graphql_schema.orders import order_for
from graphql_schema.records import Named, Record
from graphql_schema.references import CarrierFacilityPage, CarrierRef, FacilityRef, OrganizationRef
from portal.directory.carriers import CARRIER, CARRIER_FACILITY


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
