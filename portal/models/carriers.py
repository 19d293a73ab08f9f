"""Carrier (PeeringDB: carrier) and the facilities it serves: CarrierFacility (carrierfac)."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base
from portal.models.records import Named, Record, unique_while_live


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
