"""Contact (PeeringDB: poc): whom to write to about a network."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, validates

from portal.database import Base
from portal.models.folding import fold
from portal.models.records import DELETED, Record

PUBLIC, USERS, PRIVATE = "Public", "Users", "Private"  # from the widest
PERSONAL = ("name", "phone", "email", "url")  # blanked when the contact is deleted, and never told to history


def widest(*choices: str | None) -> str:
    """The widest of those that are given, Private where none is."""
    return next((each for each in (PUBLIC, USERS) if each in choices), PRIVATE)


class Contact(Record, Base):
    """`visible` says who may see it: Public, Users or Private (the own organization only).

    `was_visible` is the widest that it ever was: whoever could see it then is told when it is gone.
    """

    __tablename__ = "contact"

    network_id: Mapped[int] = mapped_column(ForeignKey("network.id"), index=True)
    role: Mapped[str] = mapped_column(default="")
    visible: Mapped[str] = mapped_column(default=PUBLIC)
    was_visible: Mapped[str] = mapped_column(default=lambda context: context.get_current_parameters()["visible"])
    name: Mapped[str] = mapped_column(default="")
    name_fold: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")

    @validates("visible")
    def remember(self, _: str, visible: str) -> str:
        self.was_visible = widest(self.was_visible, visible)
        return visible

    @classmethod
    def derived(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        if values.get("status") == DELETED:
            return dict.fromkeys((*PERSONAL, "name_fold"), "")
        return {"name_fold": fold(values.get("name") or "")}
