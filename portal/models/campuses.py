"""Campus (PeeringDB: campus): facilities of one organization that lie close together."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base
from portal.models.records import Named


class Campus(Named, Base):
    """Pending until it has two facilities."""

    __tablename__ = "campus"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    city: Mapped[str] = mapped_column(default="")
    city_fold: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    zipcode: Mapped[str] = mapped_column(default="")
