"""How fresh the registry is: its epoch, the number of its newest write, and when a dump was last imported."""

from typing import NamedTuple

from sqlalchemy import Select, func, select

from portal.access.visibility import Visibility
from portal.db.base import Registry
from portal.db.sql import TimeText
from portal.models import ImportRun
from portal.registry.read.statements import Reader


class Status(NamedTuple):
    """`imported` is a time in PeeringDB's text form, None where no dump was imported yet."""

    epoch: int
    version: int
    imported: str | None


def read_status(reader: Reader) -> Status:
    return Status(*reader.rows(newest)[0])


def newest(_: Visibility) -> Select[int, int, str]:
    return select(Registry.epoch, Registry.version, TimeText(select(func.max(ImportRun.finished)).scalar_subquery()))
