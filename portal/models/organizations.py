"""Organization (PeeringDB: org), which owns everything else."""

from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base
from portal.models.records import Addressed, Named


class Organization(Addressed, Named, Base):
    """Owns networks, exchanges, facilities, carriers, campuses, members and API keys."""

    __tablename__ = "organization"

    keys_frozen: Mapped[bool] = mapped_column(default=False)  # ours: all its keys are refused while it is set
