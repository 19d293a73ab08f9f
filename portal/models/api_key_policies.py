"""What an organization asks of its API keys, and how much the operator lets them do."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.base import Base, Versioned


class ApiKeyPolicy(Versioned, Base):
    """An organization without a row has the defaults. The first five are its admins' to choose, the points a minute the operator's."""

    __tablename__ = "api_key_policy"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    longest_days: Mapped[int]  # from the day on which a key is given its last day
    never_allowed: Mapped[bool] = mapped_column(default=False)  # keys that don't expire
    addresses_required: Mapped[bool] = mapped_column(default=False)
    self_rotation_allowed: Mapped[bool] = mapped_column(default=True)  # with keys:rotate_self
    unused_days: Mapped[int | None]  # after which an unused key is warned of; None: never
    key_points: Mapped[int | None]  # None: the portal's default
    organization_points: Mapped[int | None]
