"""The account of use in detail: operations, missing scopes, sources, and what was refused."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.base import Base


class ApiKeyOperation(Base):
    """What a key asked by the operation's name on a UTC day: "" without a name, "other" beyond the first 50 names."""

    __tablename__ = "api_key_operation"

    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_key.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    requests: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)  # those of them that weren't answered in full
    points: Mapped[int] = mapped_column(BigInteger, default=0)


class ApiKeyMinute(Base):
    """The points that a key spent in a UTC minute (its first second). Kept for an hour."""

    __tablename__ = "api_key_minute"

    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_key.id"), primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    points: Mapped[int] = mapped_column(BigInteger)


class ApiKeyMissingScope(Base):
    """How often a key was refused on a UTC day as it lacked a scope."""

    __tablename__ = "api_key_missing_scope"

    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_key.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    requests: Mapped[int] = mapped_column(default=0)


class ApiKeySource(Base):
    """From where a key was used: the last five distinct pairs of address and user agent (at most 200 characters)."""

    __tablename__ = "api_key_source"

    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_key.id"), primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    user_agent: Mapped[str] = mapped_column(primary_key=True)
    first_used_at: Mapped[datetime]
    last_used_at: Mapped[datetime]


class Refusal(Base):
    """Tokens that were refused in an hour (its first second, UTC), by why and from where. `api_key_id`: "" where no key is known."""

    __tablename__ = "refusal"

    hour: Mapped[datetime] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    api_key_id: Mapped[str] = mapped_column(primary_key=True, default="", index=True)
    requests: Mapped[int] = mapped_column(default=0)
