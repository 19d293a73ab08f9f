"""How fresh the registry is: its epoch, the number of its newest write, its last import, and whether one isn't finished."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from portal.access.visibility import Visibility
from portal.db.base import Registry
from portal.db.sql import TimeText
from portal.models import ImportRun
from portal.registry.read.statements import Reader


class Status(NamedTuple):
    """Times are in PeeringDB's text form. `imported`: None where no dump was imported yet; `unfinished`: when the unfinished one began."""

    epoch: int
    version: int
    imported: str | None
    unfinished: str | None


def read_status(reader: Reader) -> Status:
    return Status(*reader.rows(newest)[0])


def newest(_: Visibility) -> Select[int, int, str, str]:
    imported = select(func.max(ImportRun.finished)).scalar_subquery()
    unfinished = select(ImportRun.started).where(is_unfinished()).scalar_subquery()
    return select(Registry.epoch, Registry.version, TimeText(imported), TimeText(unfinished))


def is_unfinished() -> ColumnElement[bool]:
    """Holds for the newest import, where it goes on or was stopped. What comes after it completes it."""
    latest = select(func.max(ImportRun.id)).scalar_subquery()
    return and_(ImportRun.id == latest, ImportRun.finished.is_(None))


def unfinished_import(session: Session) -> ImportRun | None:
    return session.scalar(select(ImportRun).where(is_unfinished()))
