"""Contact (PeeringDB: poc): whom to write to about a network."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base
from portal.models.folding import fold
from portal.models.records import DELETED, Record

PUBLIC, USERS, PRIVATE = "Public", "Users", "Private"
PERSONAL = ("name", "phone", "email", "url")  # blanked when the contact is deleted, and never told to history


class Contact(Record, Base):
    """`visible` says who may see it: Public, Users or Private (the own organization only)."""

    __tablename__ = "contact"

    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    role: Mapped[str] = mapped_column(default="")
    visible: Mapped[str] = mapped_column(default=PUBLIC)
    name: Mapped[str] = mapped_column(default="")
    name_fold: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")

    @classmethod
    def derived(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        if values.get("status") == DELETED:
            return dict.fromkeys((*PERSONAL, "name_fold"), "")
        return {"name_fold": fold(values.get("name") or "")}
