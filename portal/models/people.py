"""People, their roles in organizations, their sessions, and the sign-ins that failed."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.base import Base, Versioned
from portal.db.session import now


class Person(Versioned, Base):
    """Signs in by e-mail (stored in lower case). Deleting one deletes the row: keys and audit don't hang on it."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_digest: Mapped[str]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    operator: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime] = mapped_column(default=now)


class Membership(Versioned, Base):
    """A person's role in an organization: admin, editor or viewer."""

    __tablename__ = "membership"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str]
    created: Mapped[datetime] = mapped_column(default=now)


class PersonSession(Base):
    """A signed-in browser. The cookie holds a random id, the row its SHA-256; deleting the row signs out at once."""

    __tablename__ = "person_session"

    digest: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created: Mapped[datetime] = mapped_column(default=now)
    last_seen: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None]  # when the person last proved who they are
    address: Mapped[str] = mapped_column(default="")
    user_agent: Mapped[str] = mapped_column(default="")


class FailedSignIn(Base):
    """One failed attempt; `subject` is a digest of the submitted e-mail or of the address, so that no list of guesses is kept."""

    __tablename__ = "failed_sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
