"""Mails that are to be sent or were, and the addresses that agreed to get them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.base import Base
from portal.db.session import now


class Mail(Base):
    """Written in the transaction of what it tells of, sent after it. `event` says what of, `about` whose: together once for a recipient."""

    __tablename__ = "mail"
    __table_args__ = (
        Index("ix_mail_once", "event", "about", "recipient", unique=True),
        Index("ix_mail_waiting", "sent_at", "next_attempt_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str]
    about: Mapped[str]  # a key's id, or an organization's
    recipient: Mapped[str]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    subject: Mapped[str]
    text: Mapped[str]
    created: Mapped[datetime] = mapped_column(default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(default=now)  # None: it was given up
    last_error: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None]


class NotifyAddress(Base):
    """An address that an organization's keys name. It gets mail about them once its reader has agreed."""

    __tablename__ = "notify_address"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    email: Mapped[str] = mapped_column(primary_key=True)
    created: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None]
