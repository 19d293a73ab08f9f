"""Facility (PeeringDB: fac), and who is present there: NetworkFacility (netfac), ExchangeFacility (ixfac)."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base
from portal.models.records import Addressed, Named, Record, unique_while_live


class Facility(Addressed, Named, Base):
    """A data centre. `diverse_serving_substations`: None is undisclosed."""

    __tablename__ = "facility"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    campus_id: Mapped[int | None] = mapped_column(ForeignKey("campus.id"), index=True)
    clli: Mapped[str] = mapped_column(default="")
    rencode: Mapped[str] = mapped_column(default="")
    npanxx: Mapped[str] = mapped_column(default="")
    tech_email: Mapped[str] = mapped_column(default="")
    tech_phone: Mapped[str] = mapped_column(default="")
    sales_email: Mapped[str] = mapped_column(default="")
    sales_phone: Mapped[str] = mapped_column(default="")
    property: Mapped[str] = mapped_column(default="")
    diverse_serving_substations: Mapped[bool | None]
    available_voltage_services: Mapped[list[Any]] = mapped_column(default=list)
    region_continent: Mapped[str] = mapped_column(default="")
    status_dashboard: Mapped[str] = mapped_column(default="")
    net_count: Mapped[int] = mapped_column(default=0)
    ix_count: Mapped[int] = mapped_column(default=0)
    carrier_count: Mapped[int] = mapped_column(default=0)


class NetworkFacility(Record, Base):
    """A network's presence at a facility; `local_asn` is the ASN it uses there."""

    __tablename__ = "network_facility"
    __table_args__ = (unique_while_live("network_facility", "network_id", "facility_id"),)

    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"), index=True)
    local_asn: Mapped[int | None] = mapped_column(BigInteger)


class ExchangeFacility(Record, Base):
    """An exchange's presence at a facility."""

    __tablename__ = "exchange_facility"
    __table_args__ = (unique_while_live("exchange_facility", "exchange_id", "facility_id"),)

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"), index=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"), index=True)
