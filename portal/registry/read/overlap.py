"""What several networks have in common: `common_exchanges()` and `common_facilities()`, for 2 to 25 ASNs."""

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Integer, Select, and_, bindparam, distinct, func, select

from portal.access.visibility import Visibility
from portal.db.sql import among
from portal.errors import Invalid
from portal.registry.description import RecordType
from portal.registry.facilities import NETWORK_FACILITY
from portal.registry.ports import PORT
from portal.registry.read.existence import find_networks
from portal.registry.read.statements import Reader
from portal.registry.read.visible import LIVE, visible

MIN_ASNS, MAX_ASNS = 2, 25


class CommonExchange(NamedTuple):
    """An exchange's id, and those of the networks' ports there."""

    exchange: int
    ports: list[int]


class CommonFacility(NamedTuple):
    """A facility's id, and those of the networks' presences there."""

    facility: int
    presences: list[int]


def read_asns(asns: Sequence[int]) -> list[int]:
    """Each once. Raises Invalid for too few or too many."""
    distinct_asns = sorted(set(asns))
    if not MIN_ASNS <= len(distinct_asns) <= MAX_ASNS:
        raise Invalid(f"Give from {MIN_ASNS} to {MAX_ASNS} different ASNs, not {len(distinct_asns)}.", "asns")
    return distinct_asns


def look_up(reader: Reader, asns: Sequence[int]) -> list[int]:
    """Returns the networks' ids, each once. Raises NotFound for an ASN that isn't there."""
    return sorted(set(find_networks(reader, asns, "asns").values()))


def common_exchanges(reader: Reader, networks: Collection[int], *, ports: bool = True) -> list[CommonExchange]:
    """Exchanges where each has a live port, by id; with the networks' ports there if wanted."""
    return [CommonExchange(*place) for place in common(reader, networks, PORT, "exchange_id", ports)]


def common_facilities(reader: Reader, networks: Collection[int], *, presences: bool = True) -> list[CommonFacility]:
    """Facilities where each is present, by id; with the networks' presences there if wanted."""
    return [CommonFacility(*place) for place in common(reader, networks, NETWORK_FACILITY, "facility_id", presences)]


def common(reader: Reader, networks: Collection[int], kind: RecordType, column: str, wants_held: bool) -> list[tuple[int, list[int]]]:
    """(place, what the networks have there) by place."""
    places = [place for (place,) in reader.rows(shared_places, kind.tag, column, networks=networks, number=len(networks))]
    pairs = reader.rows(rows_at, kind.tag, column, networks=networks, places=places) if wants_held and places else []
    ids = {place: [number for _, number in rows] for place, rows in groupby(sorted(pairs), key=lambda row: row[0])}
    return [(place, ids.get(place, [])) for place in places]


def shared_places(visibility: Visibility, tag: str, column: str) -> Select[Any]:
    """The places with `number` of the networks bound as `networks`."""
    rows = KINDS[tag].table.alias("held")
    place, number = rows.c[column], func.count(distinct(rows.c.network_id))
    statement = select(place).where(are_theirs(visibility, tag, rows)).group_by(place).order_by(place)
    return statement.having(number == bindparam("number", type_=Integer()))


def rows_at(visibility: Visibility, tag: str, column: str) -> Select[Any]:
    """(place, id) of what the networks have at the places bound as `places`."""
    rows = KINDS[tag].table.alias("held")
    return select(rows.c[column], rows.c.id).where(are_theirs(visibility, tag, rows), among(rows.c[column], "places"))


def are_theirs(visibility: Visibility, tag: str, rows: FromClause) -> ColumnElement[bool]:
    """The live rows of the networks bound as `networks`."""
    return and_(among(rows.c.network_id, "networks"), rows.c.status == LIVE, visible(visibility, KINDS[tag], rows))


KINDS = {kind.tag: kind for kind in (PORT, NETWORK_FACILITY)}
