"""API keys with their tokens, grants and daily use. A key belongs to an organization; no person is needed for it to live."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db.base import Base, Versioned
from portal.db.session import now


class ApiKey(Versioned, Base):
    """`expires_at` is the last second that the key works in (UTC), None never. Ended keys stay, with the reason."""

    __tablename__ = "api_key"
    __table_args__ = (
        Index(
            "ix_api_key_name_live",
            "organization_id",
            "name",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index("ix_api_key_form", "organization_id", "form_id", unique=True),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    name: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    notify_email: Mapped[str]
    expires_at: Mapped[datetime | None]
    addresses: Mapped[list[Any]] = mapped_column(default=list)  # blocks that it may be used from, as texts; none: from anywhere
    points: Mapped[int | None]  # a minute; None: as many as the organization's keys may have
    created: Mapped[datetime] = mapped_column(default=now)
    issued_by: Mapped[str]  # the name shown; who it was stands in the audit
    form_id: Mapped[str | None]  # of the form that issued it: sent twice, it issues one key
    disabled_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str] = mapped_column(default="")
    revoked_reason: Mapped[str] = mapped_column(default="")
    last_used_at: Mapped[datetime | None]
    last_used_address: Mapped[str] = mapped_column(default="")
    last_used_agent: Mapped[str] = mapped_column(default="")

    tokens: Mapped[list["ApiKeyToken"]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan", order_by="ApiKeyToken.created")
    grants: Mapped[list["ApiKeyGrant"]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan", order_by="ApiKeyGrant.id")


class ApiKeyToken(Base):
    """The public half of a token's text and a keyed digest of its secret half; the secret itself is nowhere."""

    __tablename__ = "api_key_token"

    token_id: Mapped[str] = mapped_column(primary_key=True)
    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_key.id"), index=True)
    digest: Mapped[bytes]
    pepper: Mapped[int] = mapped_column(index=True)
    last_four: Mapped[str]
    created: Mapped[datetime] = mapped_column(default=now)
    first_used_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    retires_at: Mapped[datetime | None]  # None for the newest token alone
    retires_after: Mapped[int | None]  # seconds from the first use of the next token, if that comes before `retires_at`
    leaked_at: Mapped[datetime | None]  # reported by someone who holds all of it: it never works again
    made_with: Mapped[str | None]  # the id of the token with which the key rotated itself; None where a person made this one


class ApiKeyGrant(Base):
    """One line of a key's scope. `whole`: all present and future objects; otherwise the listed ones, networks for contacts."""

    __tablename__ = "api_key_grant"
    __table_args__ = (Index("ix_api_key_grant_line", "api_key_id", "resource", "action", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_key.id"))
    resource: Mapped[str]
    action: Mapped[str]
    whole: Mapped[bool] = mapped_column(default=True)

    objects: Mapped[list["ApiKeyGrantObject"]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan")


class ApiKeyGrantObject(Base):
    """An object that a grant names; which type it is follows from the grant's resource."""

    __tablename__ = "api_key_grant_object"

    grant_id: Mapped[int] = mapped_column(ForeignKey("api_key_grant.id"), primary_key=True)
    object_id: Mapped[int] = mapped_column(primary_key=True)


class ApiKeyDay(Base):
    """How often a key was used on a UTC day, by how it was answered. `points`: hundredths of rows touched, at least 1 a request.

    `peak`: the points of its busiest minute, whichever processes counted them; None where that wasn't counted yet.
    """

    __tablename__ = "api_key_day"

    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_key.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    ok: Mapped[int] = mapped_column(default=0)
    denied: Mapped[int] = mapped_column(default=0)
    limited: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    points: Mapped[int] = mapped_column(BigInteger, default=0)
    peak: Mapped[int | None] = mapped_column(BigInteger)


class PepperCheck(Base):
    """What a pepper makes of a fixed text: a lost or changed pepper is noticed at the start, not by the first refused key."""

    __tablename__ = "pepper_check"

    number: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[bytes]
