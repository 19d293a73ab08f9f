"""What the registry holds and how fresh it is, as a caller sees it."""

import strawberry
from strawberry.types import Info

from graphql_schema.engine.context import Context
from graphql_schema.engine.rows import COUNTS_ALL
from graphql_schema.schema.scalars import DateTime
from portal.registry.read.status import read_status


@strawberry.type(description="How many records of a type there are. Needs no scope.")
class TypeCount:
    """One of the 13."""

    type: str = strawberry.field(description="PeeringDB's tag of the type, as net; ids begin with it. Needs no scope.")
    count: int = strawberry.field(description="How many records of it you may see. Needs no scope.")


def count_types(info: Info[Context, None]) -> list[TypeCount]:
    return [TypeCount(type=tag, count=count) for tag, count in info.context.counts.items()]


@strawberry.type(description="What the registry holds and how fresh it is. Needs no scope.")
class DataStatus:
    """Of the moment that the whole answer shows."""

    epoch: int = strawberry.field(
        description="Changes when the registry is restored from a backup: then drop copies, and read everything again. Needs no scope."
    )
    version: int = strawberry.field(
        description="The number of the registry's newest write; it only grows, as long as `epoch` is the same. Needs no scope."
    )
    last_import: DateTime | None = strawberry.field(
        description="When a dump was last imported, in UTC; null where none was. Needs no scope."
    )
    unfinished_import: DateTime | None = strawberry.field(
        description="When the newest import began, in UTC, if it isn't finished: it still runs, or it was stopped and the next import "
        "completes it; null if it is. Needs no scope."
    )
    types: list[TypeCount] = strawberry.field(
        resolver=count_types,
        metadata={COUNTS_ALL: True},
        description="How many records of each type you may see; 0 without the type's scope. Needs no scope.",
    )


def data_status(info: Info[Context, None]) -> DataStatus:
    status = read_status(info.context.reader)
    return DataStatus(
        epoch=status.epoch,
        version=status.version,
        last_import=time_of(status.imported),
        unfinished_import=time_of(status.unfinished),
    )


def time_of(text: str | None) -> DateTime | None:
    return DateTime(text) if text else None
