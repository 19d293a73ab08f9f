"""What the newest import would have said of records that are kept here."""

from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.base import Base
from portal.db.types import Json


class ImportDifference(Base):
    """One field of a record, and the file's value of it; what is stored here is read from the record itself, so that it is never old.

    With the field "" it is a whole row: one that the file alone has, `imported` being its values, or, where that is None, one that is only
    here. `clash_id`: the id of a row of the file that was skipped, because this record has the field's value; 0 where it is no clash.
    `object_type` and `object_id`: what the record belongs to, as a network for its ports.
    """

    __tablename__ = "import_difference"
    __table_args__ = (Index("ix_import_difference_object", "object_type", "object_id"),)

    record_type: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    field: Mapped[str] = mapped_column(primary_key=True)
    clash_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=0)
    object_type: Mapped[str]
    object_id: Mapped[int]
    imported: Mapped[Any | None] = mapped_column(Json)
