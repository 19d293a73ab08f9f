"""What every table is made from, and the one row that counts the registry's writes and says which registry they are of."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from portal.db.types import Json, Timestamp, text_type

FIRST_LOCAL_ID = 1_000_000_000  # below it are PeeringDB's own ids
MAX_EPOCH = 2**31 - 1
UNFINISHED_RESTORE = "unfinished_restore"  # a table that is there until a restore has ended


class Base(DeclarativeBase):
    """Every table of the portal."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {str: text_type(), datetime: Timestamp, list[Any]: Json, dict[str, Any]: Json}


class Registry(Base):
    """One row: the number of the newest write, and the next id for a record made here.

    `epoch` is drawn anew when a backup is restored, because versions after the backup's then come twice: only together with the epoch does
    a version name one state. It is 0 in a registry that was made before there were epochs.
    """

    __tablename__ = "registry"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    epoch: Mapped[int] = mapped_column(server_default="0")
    version: Mapped[int] = mapped_column(default=0)
    next_id: Mapped[int] = mapped_column(default=FIRST_LOCAL_ID)


class Versioned:
    """A row that stores the registry's version of its last change; only a write that holds the lock can store one."""

    changed: Mapped[int] = mapped_column(index=True)
