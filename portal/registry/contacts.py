"""Contact (PeeringDB: poc). contact_visibility.py says who sees which."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, validates

from portal.access.permissions import Permission
from portal.db.base import Base
from portal.db.fold import fold
from portal.registry.choices import Audience, ContactRole
from portal.registry.contact_visibility import PUBLIC, once_seen, seen, widest
from portal.registry.description import RecordType, one
from portal.registry.editable import choice, email, one_line, phone, reference, url
from portal.registry.networks import NETWORK
from portal.registry.records import DELETED, Record

PERSONAL = ("name", "phone", "email", "url")  # blanked when the contact is deleted, and never told to history


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
    editable={
        "network_id": reference(),
        "role": choice(ContactRole, required=True),
        "visible": choice(Audience, required=True, without=(Audience.PRIVATE,)),
        "name": one_line(),
        "phone": phone(),
        "email": email(),
        "url": url(),
    },
)
