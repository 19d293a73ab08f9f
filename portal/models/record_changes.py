"""History of records: who or what changed which field. It outlives the audit's rows, which can be pruned."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.base import Base
from portal.db.types import Json


class RecordChange(Base):
    """One field of one record. `act` is the number of the audit's row, or for an import the negative number of its run.

    `before` and `after` are None where the value is personal.

    `object_type` and `object_id`: what the record belongs to, as a network for its ports; `organization_id` is its organization.
    A created record has the field `status` from nothing to ok or pending, a deleted one to deleted.
    """

    __tablename__ = "record_change"
    __table_args__ = (
        Index("ix_record_change_object", "object_type", "object_id", "id"),
        Index("ix_record_change_record", "record_type", "record_id", "id"),
        Index("ix_record_change_organization", "organization_id", "id"),
        Index("ix_record_change_act", "act"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[int]
    at: Mapped[datetime]
    organization_id: Mapped[int]
    actor_kind: Mapped[str]
    actor_id: Mapped[str]
    actor_name: Mapped[str]
    record_type: Mapped[str]
    record_id: Mapped[int]
    object_type: Mapped[str]
    object_id: Mapped[int]
    field: Mapped[str]
    before: Mapped[Any | None] = mapped_column(Json)
    after: Mapped[Any | None] = mapped_column(Json)
