"""Carrier, and the facilities it serves."""

from typing import Any

from graphql_schema.schema.fields import column, record, relation
from graphql_schema.schema.lookups import filter_for
from graphql_schema.schema.orders import order_for
from graphql_schema.types.records import Named, Record
from portal.registry.carriers import CARRIER, CARRIER_FACILITY


@record(CARRIER)
class Carrier(Named):
    """Sells transport between facilities."""

    fac_count: int = column("How many facilities it serves; 0 if none.")

    organization: Any = relation("Who owns it.")
    facilities: Any = relation("Its presences at facilities.")


@record(CARRIER_FACILITY)
class CarrierFacility(Record):
    """A carrier's presence at a facility, pending until the facility's organization approves."""

    carrier: Any = relation("The carrier.")
    facility: Any = relation("The facility.")


CarrierFilter = filter_for(Carrier)
CarrierOrder = order_for(Carrier)
CarrierFacilityFilter = filter_for(CarrierFacility)
CarrierFacilityOrder = order_for(CarrierFacility)
