"""Carrier (PeeringDB: carrier) and CarrierFacility (carrierfac)."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.access.permissions import Permission
from portal.db.base import Base
from portal.registry.description import RecordType, count_of, many, named, one
from portal.registry.editable import reference
from portal.registry.facilities import FACILITY
from portal.registry.organizations import ORGANIZATION
from portal.registry.records import Named, Record, unique_while_live


class Carrier(Named, Base):
    """Sells transport between facilities."""

    __tablename__ = "carrier"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    fac_count: Mapped[int] = mapped_column(default=0)


class CarrierFacility(Record, Base):
    """A carrier's presence at a facility, pending until the facility's organization approves."""

    __tablename__ = "carrier_facility"
    __table_args__ = (unique_while_live("carrier_facility", "carrier_id", "facility_id"),)

    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"), index=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"), index=True)


CARRIER = RecordType(
    tag="carrier",
    model=Carrier,
    resource="carriers",
    reads=frozenset({Permission.CARRIERS_READ}),
    owner="organization_id",
    typical_rows=300,
    parents={"organization_id": ORGANIZATION},
    relations={"organization": one("org", "organization_id"), "facilities": many("carrierfac", "carrier_id")},
    sorted_by=("name_fold", "fac_count"),
    counters={"fac_count": count_of("carrierfac", "carrier_id", "facility_id")},
    editable={"organization_id": reference(), **named()},
)

CARRIER_FACILITY = RecordType(
    tag="carrierfac",
    model=CarrierFacility,
    resource="carriers",
    reads=frozenset({Permission.CARRIERS_READ, Permission.FACILITIES_READ}),
    owner="carrier_id",
    typical_rows=4_500,
    parents={"carrier_id": CARRIER, "facility_id": FACILITY},
    relations={"carrier": one("carrier", "carrier_id"), "facility": one("fac", "facility_id")},
    editable={"carrier_id": reference(), "facility_id": reference()},
)
