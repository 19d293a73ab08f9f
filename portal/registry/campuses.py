"""Campus (PeeringDB: campus)."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.access.permissions import Permission
from portal.db.base import Base
from portal.registry.description import RecordType, many, named, one
from portal.registry.editable import country, one_line, reference
from portal.registry.organizations import ORGANIZATION
from portal.registry.records import Named


class Campus(Named, Base):
    """Pending until it has two facilities."""

    __tablename__ = "campus"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    city: Mapped[str] = mapped_column(default="")
    city_fold: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    zipcode: Mapped[str] = mapped_column(default="")


CAMPUS = RecordType(
    tag="campus",
    model=Campus,
    resource="campuses",
    reads=frozenset({Permission.CAMPUSES_READ}),
    owner="organization_id",
    typical_rows=80,
    parents={"organization_id": ORGANIZATION},
    relations={"organization": one("org", "organization_id"), "facilities": many("fac", "campus_id")},
    sorted_by=("name_fold", "city_fold", "country"),
    editable={
        "organization_id": reference(),
        **named(),
        "city": one_line(),
        "country": country(),
        "state": one_line(),
        "zipcode": one_line(48),
    },
)
