"""Contact (PeeringDB: poc): each row says who may see it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, FromClause, and_, false, or_
from sqlalchemy.orm import Mapped, mapped_column, validates

from portal.access.permissions import Permission
from portal.access.visibility import Visibility
from portal.db.base import Base
from portal.db.fold import fold
from portal.registry.choices import Audience, ContactRole
from portal.registry.description import RecordType, one
from portal.registry.networks import NETWORK
from portal.registry.ownership import owned, private
from portal.registry.records import DELETED, Record

PUBLIC, USERS, PRIVATE = "Public", "Users", "Private"  # from the widest
PERSONAL = ("name", "phone", "email", "url")  # blanked when the contact is deleted, and never told to history


def widest(*choices: str | None) -> str:
    """The widest of those that are given, Private where none is."""
    return next((audience for audience in (PUBLIC, USERS) if audience in choices), PRIVATE)


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


def seen(visibility: Visibility, rows: FromClause) -> ColumnElement[bool]:
    """Public rows for everybody who reads contacts, Users rows for members and such keys, Private rows for the own organization."""
    return covered(visibility, rows, rows.c.visible)


def once_seen(visibility: Visibility, rows: FromClause) -> ColumnElement[bool]:
    """The same by the widest visibility that a row ever had."""
    return or_(covered(visibility, rows, rows.c.was_visible), seen(visibility, rows))


def covered(visibility: Visibility, rows: FromClause, visible: ColumnElement[str]) -> ColumnElement[bool]:
    choices: list[ColumnElement[bool]] = []
    if Permission.CONTACTS_READ in visibility.reads:
        choices.append(visible == PUBLIC)
        if visibility.users_rows:
            choices.append(visible == USERS)
    if any(permission is Permission.CONTACTS_READ_PRIVATE for permission, _ in visibility.private):
        own = private(visibility, Permission.CONTACTS_READ_PRIVATE, owned(CONTACT, rows), rows.c.network_id)
        choices.append(and_(visible == PRIVATE, own))
    return or_(false(), *choices)


CONTACT = RecordType(
    tag="poc",
    model=Contact,
    resource="contacts",
    reads=frozenset({Permission.CONTACTS_READ, Permission.CONTACTS_READ_PRIVATE}),
    owner="network_id",
    typical_rows=45_000,
    parents={"network_id": NETWORK},
    relations={"network": one("net", "network_id")},
    rule=seen,
    ruled=once_seen,
    choices={"role": ContactRole, "visible": Audience},
    sorted_by=("name_fold",),
)
