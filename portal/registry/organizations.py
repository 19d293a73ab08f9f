"""Organization (PeeringDB: org): its public fields are open to every caller."""

from sqlalchemy.orm import Mapped, mapped_column

from portal.db.base import Base
from portal.registry.description import RecordType, addressed, many, named
from portal.registry.records import Addressed, Named


class Organization(Addressed, Named, Base):
    """Owns networks, exchanges, facilities, carriers, campuses, members and API keys."""

    __tablename__ = "organization"

    keys_frozen: Mapped[bool] = mapped_column(default=False)  # ours: all its keys are refused while it is set


ORGANIZATION = RecordType(
    tag="org",
    model=Organization,
    resource="organization",
    reads=frozenset(),
    owner="id",
    typical_rows=33_000,
    relations={
        "networks": many("net", "organization_id"),
        "exchanges": many("ix", "organization_id"),
        "facilities": many("fac", "organization_id"),
        "carriers": many("carrier", "organization_id"),
        "campuses": many("campus", "organization_id"),
    },
    sorted_by=("name_fold", "city_fold", "country"),
    editable=named() | addressed(),
)
