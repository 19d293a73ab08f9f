"""Acts that their callers gave a key to, so that sending one again doesn't do it again."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.base import Base


class IdempotentAct(Base):
    """`principal_kind` and `principal_id` are a key's or a person's, not a token's. `input_digest`: of what was given, which isn't kept.

    `record_id` is None for an act that made no single record.
    """

    __tablename__ = "idempotent_act"
    __table_args__ = (Index("ix_idempotent_act_at", "at"),)

    principal_kind: Mapped[str] = mapped_column(primary_key=True)
    principal_id: Mapped[str] = mapped_column(primary_key=True)
    mutation: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    input_digest: Mapped[str]
    record_id: Mapped[int | None]
    at: Mapped[datetime]
