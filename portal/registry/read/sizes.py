"""How many rows of each type are stored, about: a few numbers from which costs are estimated, read again when they are old."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Select, bindparam, func, select

from portal.access.visibility import Visibility
from portal.registry.read.statements import Reader
from portal.registry.read.visible import visible
from portal.registry.types import TYPES

FRESH_SECONDS = 300  # seconds: counting 270,000 rows takes about 30 ms
Sizes = Mapping[str, int]  # by tag, visible or not

# Of a registry of PeeringDB's size, where the real ones can't be counted in time.
TYPICAL = {tag: kind.typical_rows for tag, kind in TYPES.items()}


@dataclass
class Counted:
    """When, by the monotonic clock, and what."""

    at: float
    sizes: Sizes


latest: WeakKeyDictionary[Engine, Counted] = WeakKeyDictionary()


def fresh_sizes(engine: Engine) -> Sizes | None:
    """What this process knows, unless that is older than five minutes."""
    counted = latest.get(engine)
    return counted.sizes if counted is not None and monotonic() - counted.at <= FRESH_SECONDS else None


def read_sizes(reader: Reader) -> Sizes:
    """Counts, and lets the process know; an empty registry is counted each time, as its first import may be near."""
    engine, at = reader.snapshot.engine, monotonic()
    latest[engine] = Counted(at, latest[engine].sizes if engine in latest else TYPICAL)  # for others meanwhile, and where counting fails
    sizes = dict(zip(TYPES, reader.rows(counting_all)[0], strict=True))
    if any(sizes.values()):
        latest[engine] = Counted(at, sizes)
    else:
        del latest[engine]
    return sizes


def counting_all(_: Visibility) -> Select[int]:
    """How many rows of each type there are, deleted ones too: those are looked at like others."""
    return select(*(select(func.count()).select_from(kind.table).scalar_subquery() for kind in TYPES.values()))


def children_of(visibility: Visibility, tag: str, column: str, child: str, via: str) -> Select[int]:
    """How many rows of the child type point, by their column `via`, at the row of the type whose column has the `value` that is bound."""
    parent, kind = TYPES[tag], TYPES[child]
    parents, rows = parent.table.alias("parent"), kind.table
    is_parent = parents.c[column] == bindparam("value", type_=parents.c[column].type)
    identity = select(parents.c.id).where(is_parent, visible(visibility, parent, parents)).scalar_subquery()
    return select(func.count()).select_from(rows).where(rows.c[via] == identity, visible(visibility, kind, rows, come_from=via))
