"""Carrier (PeeringDB: carrier) and CarrierFacility (carrierfac)."""

from portal.directory.description import RecordType, many, one
from portal.directory.facilities import FACILITY
from portal.directory.organizations import ORGANIZATION
from portal.models import Carrier, CarrierFacility
from portal.permissions import Permission

CARRIER = RecordType(
    tag="carrier",
    model=Carrier,
    reads=frozenset({Permission.CARRIERS_READ}),
    owner="organization_id",
    parents={"organization_id": ORGANIZATION},
    relations={"organization": one("org", "organization_id"), "facilities": many("carrierfac", "carrier_id")},
)

CARRIER_FACILITY = RecordType(
    tag="carrierfac",
    model=CarrierFacility,
    reads=frozenset({Permission.CARRIERS_READ, Permission.FACILITIES_READ}),
    owner="carrier_id",
    parents={"carrier_id": CARRIER, "facility_id": FACILITY},
    relations={"carrier": one("carrier", "carrier_id"), "facility": one("fac", "facility_id")},
)
