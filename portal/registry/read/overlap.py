"""What several networks have in common: `common_exchanges()` and `common_facilities()`, for 2 to 25 ASNs."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, distinct, func, select

from portal.access.visibility import Visibility
from portal.db.sql import among
from portal.errors import Invalid
from portal.registry.description import RecordType
from portal.registry.facilities import NETWORK_FACILITY
from portal.registry.networks import NETWORK
from portal.registry.ports import PORT
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


def common_exchanges(reader: Reader, asns: list[int], *, ports: bool = True) -> list[CommonExchange]:
    """Exchanges where each has a live port, by id; with the networks' ports there if wanted."""
    return [CommonExchange(*place) for place in common(reader, asns, PORT, "exchange_id", ports)]


def common_facilities(reader: Reader, asns: list[int], *, presences: bool = True) -> list[CommonFacility]:
    """Facilities where each is present, by id; with the networks' presences there if wanted."""
    return [CommonFacility(*place) for place in common(reader, asns, NETWORK_FACILITY, "facility_id", presences)]


def common(reader: Reader, asns: list[int], kind: RecordType, column: str, wants_held: bool) -> list[tuple[int, list[int]]]:
    """(place, what the networks have there) by place."""
    places = [place for (place,) in reader.rows(shared_places, kind.tag, column, asns=asns, number=len(asns))]
    pairs = reader.rows(rows_at, kind.tag, column, asns=asns, places=places) if wants_held and places else []
    ids = {place: [number for _, number in rows] for place, rows in groupby(sorted(pairs), key=lambda row: row[0])}
    return [(place, ids.get(place, [])) for place in places]


def shared_places(visibility: Visibility, tag: str, column: str) -> Select[Any]:
    """The places with `number` of the networks bound as `asns`."""
    statement, place, asn = of_networks(visibility, tag, column)
    return statement.with_only_columns(place).group_by(place).having(func.count(distinct(asn)) == bindparam("number", type_=Integer()))


def rows_at(visibility: Visibility, tag: str, column: str) -> Select[Any]:
    """(place, id) of what the networks have at the places bound as `places`."""
    statement, place, _ = of_networks(visibility, tag, column)
    return statement.where(among(place, "places"))


def of_networks(visibility: Visibility, tag: str, column: str) -> tuple[Select[Any], Any, Any]:
    """(select of place and id, the place's column, the ASN's column) of what the networks bound as `asns` have."""
    kind = KINDS[tag]
    rows, networks = kind.table.alias("held"), NETWORK.table.alias("network")
    place, asn = rows.c[column], networks.c.asn
    joined = networks.join(rows, rows.c.network_id == networks.c.id)
    statement = (
        select(place, rows.c.id).select_from(joined).where(among(asn, "asns"), rows.c.status == LIVE, visible(visibility, kind, rows))
    )
    return statement.order_by(place), place, asn


KINDS = {kind.tag: kind for kind in (PORT, NETWORK_FACILITY)}
