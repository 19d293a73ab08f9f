"""Audit rows: only ever added, and outliving what they speak of (so no foreign keys)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db.base import Base


class AuditRow(Base):
    """Who did what to which object, when and from where; `mac` chains it to the row before."""

    __tablename__ = "audit_row"
    __table_args__ = (Index("ix_audit_row_organization", "organization_id", "number"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    organization_id: Mapped[int | None]
    actor_kind: Mapped[str]
    actor_id: Mapped[str]
    actor_name: Mapped[str]
    event: Mapped[str] = mapped_column(index=True)
    subject_type: Mapped[str]
    subject_id: Mapped[str]
    subject_name: Mapped[str]
    address: Mapped[str]
    user_agent: Mapped[str]
    details: Mapped[dict[str, Any]]
    mac: Mapped[bytes]


class AuditKeyCheck(Base):
    """One row: what the audit key makes of a fixed text, so that another key is noticed before it has written a row."""

    __tablename__ = "audit_key_check"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    value: Mapped[bytes]


class ImportRun(Base):
    """One import of a dump: when, from which file, and what came of it.

    `finished` is None while it goes on, and for one that was stopped; `version` is of its newest slice.
    """

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    file: Mapped[str]
    digest: Mapped[str]
    started: Mapped[datetime]
    finished: Mapped[datetime | None]
    version: Mapped[int]
    counts: Mapped[dict[str, Any]]
