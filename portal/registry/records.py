"""What all 13 PeeringDB types have in common."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Index, event, text
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from portal.db.base import Versioned
from portal.db.fold import fold
from portal.db.session import now

LIVE = "ok"
PENDING = "pending"
DELETED = "deleted"
FROM_IMPORT, KEPT_HERE = "import", "here"  # who is the authority for a record


class Record(Versioned):
    """`status` is ok, pending or deleted; `created` and `updated` are the times that PeeringDB shows.

    `source`: whether the record follows the import or is kept here, with its children. `version` counts the changes of what can be edited.
    """

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    changed: Mapped[int] = mapped_column()  # `indexes.py` has its index
    status: Mapped[str] = mapped_column(default=LIVE)
    created: Mapped[datetime] = mapped_column(default=now)
    updated: Mapped[datetime] = mapped_column(default=now)
    source: Mapped[str] = mapped_column(default=KEPT_HERE, server_default=KEPT_HERE)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    @classmethod
    def derived(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """The columns that follow from others, for the folded and the 16-byte copies; one place for forms, mutations and import."""
        return {}


class Named(Record):
    """A record that people look up by name. `aka` and `name_long` are its other names.

    `confirmed_at`: when its organization last said that it is still true.
    """

    name: Mapped[str]
    aka: Mapped[str] = mapped_column(default="")
    name_long: Mapped[str] = mapped_column(default="")
    name_fold: Mapped[str] = mapped_column(default="")
    aka_fold: Mapped[str] = mapped_column(default="")
    name_long_fold: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    social_media: Mapped[list[Any]] = mapped_column(default=list)
    notes: Mapped[str] = mapped_column(default="")
    logo: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime | None]

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        return (unique_while_live(cls.__tablename__, "name"),)  # type: ignore[attr-defined]  # each mapped class names its table

    @classmethod
    def derived(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            f"{name}_fold": fold(values.get(name) or "") for name in ("name", "aka", "name_long", "city") if hasattr(cls, f"{name}_fold")
        }


class Addressed:
    """A postal address; coordinates in degrees (WGS 84)."""

    address1: Mapped[str] = mapped_column(default="")
    address2: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    city_fold: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    zipcode: Mapped[str] = mapped_column(default="")
    floor: Mapped[str] = mapped_column(default="")
    suite: Mapped[str] = mapped_column(default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


def unique_while_live(table: str, *columns: str) -> Index:
    """Unique among the rows that aren't deleted: a deleted record frees its name, prefix or address."""
    live = text("status != 'deleted'")
    return Index(f"ix_{table}_{'_'.join(columns)}_live", *columns, unique=True, sqlite_where=live, postgresql_where=live)


@event.listens_for(Session, "before_flush")
def derive(session: Session, *_: Any) -> None:
    for row in (*session.new, *session.dirty):
        if isinstance(row, Record):
            for name, value in row.derived(vars(row)).items():
                setattr(row, name, value)
