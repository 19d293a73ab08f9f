"""How fresh the registry is: the number of its newest write, and when a dump was last imported."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from portal.database import Registry
from portal.models import ImportRun


class Status(NamedTuple):
    """`imported` is None where no dump was imported yet."""

    version: int
    imported: datetime | None


def read_status(connection: Connection) -> Status:
    newest = select(func.max(ImportRun.finished)).scalar_subquery()
    version, imported = connection.execute(select(Registry.version, newest)).one()
    return Status(version, imported)
