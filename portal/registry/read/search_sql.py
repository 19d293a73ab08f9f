"""The selects of `search.py`: what holds a text, ranked by how well, and what holds an address or a block of addresses.

Each gives (rank, type's place, folded name, id) of the visible records, best first; these four are a record's place in the list.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    LargeBinary,
    Select,
    String,
    and_,
    bindparam,
    case,
    false,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from portal.access.visibility import Visibility
from portal.db.sql import Position, Spaced
from portal.registry.campuses import CAMPUS
from portal.registry.carriers import CARRIER
from portal.registry.description import RecordType
from portal.registry.exchanges import EXCHANGE, PEERING_LAN, PREFIX
from portal.registry.facilities import FACILITY
from portal.registry.networks import NETWORK
from portal.registry.organizations import ORGANIZATION
from portal.registry.ports import PORT
from portal.registry.read.selects import LIMIT
from portal.registry.read.visible import visible

KINDS = (NETWORK, EXCHANGE, FACILITY, ORGANIZATION, CARRIER, CAMPUS)  # in which order they are shown among equals
PLACES = {kind.tag: place for place, kind in enumerate(KINDS)}
EXACT, NEAR = 0, 1  # the highest ranks; what an address lies in is less than what has it
AFTER = (("after_rank", Integer()), ("after_place", Integer()), ("after_name", String()), ("after_id", BigInteger()))


def of_text(visibility: Visibility, words: int, asn: bool, goes_on: bool) -> Select[Any]:
    """The first `limit` records that hold all `words`, bound as word0 and so on (with a blank before it as begins0), or have the `asn`.

    Also bound: the folded `text`, and as `as_set` the text between blanks. `goes_on` after the place bound as in AFTER.
    """
    return in_order(text_found(visibility, words, asn), goes_on)


def of_text_count(visibility: Visibility, words: int, asn: bool) -> Select[Any]:
    return select(func.count()).select_from(text_found(visibility, words, asn))


def of_block(visibility: Visibility, goes_on: bool) -> Select[Any]:
    """The first `limit` records that have the block of addresses, bound as `family`, `first` and `last`, or lie around or in it."""
    return in_order(block_found(visibility), goes_on)


def of_block_count(visibility: Visibility) -> Select[Any]:
    return select(func.count()).select_from(block_found(visibility))


def in_order(matches: FromClause, goes_on: bool) -> Select[Any]:
    place = (matches.c.rank, matches.c.place, matches.c.name, matches.c.id)
    statement = select(*place).order_by(*place).limit(LIMIT)
    if goes_on:
        statement = statement.where(tuple_(*place) > tuple_(*(bindparam(name, type_=kind) for name, kind in AFTER)))
    return statement


def text_found(visibility: Visibility, words: int, asn: bool) -> FromClause:
    kinds = [kind for kind in KINDS if visibility.covers(kind.reads) and (words or kind is NETWORK)]
    return union_all(*(holding(visibility, kind, words, asn and kind is NETWORK) for kind in kinds), nothing()).subquery("found")


def nothing() -> Select[Any]:
    return placed(literal_column("0"), ORGANIZATION, ORGANIZATION.table).where(false())


def holding(visibility: Visibility, kind: RecordType, words: int, asn: bool) -> Select[Any]:
    rows = kind.table
    has_asn = rows.c.asn == bindparam("asn", type_=BigInteger()) if asn else false()
    columns = [rows.c.name_fold, rows.c.aka_fold, rows.c.name_long_fold, *([func.lower(rows.c.irr_as_set)] if kind is NETWORK else [])]
    every = [or_(*(Position(column, text(f"word{number}")) > 0 for column in columns)) for number in range(words)]
    matches = or_(has_asn, and_(*every)) if every else has_asn
    return placed(rank(rows, words, has_asn, kind is NETWORK), kind, rows).where(matches, visible(visibility, kind, rows))


def placed(ranked: ColumnElement[Any], kind: RecordType, rows: FromClause) -> Select[Any]:
    return select(ranked.label("rank"), literal_column(str(PLACES[kind.tag])).label("place"), rows.c.name_fold.label("name"), rows.c.id)


def rank(rows: FromClause, words: int, has_asn: ColumnElement[bool], has_sets: bool) -> ColumnElement[int]:
    """Equal, begins with the text, every word begins a word, holds every word; of each the name before the other names."""
    if not words:
        return literal_column(str(EXACT))
    name, others = rows.c.name_fold, [rows.c.aka_fold, rows.c.name_long_fold]
    together = name + " " + others[0] + " " + others[1]
    whole = text("text")
    equal = [other == whole for other in others]
    if has_sets:
        sets = func.lower(rows.c.irr_as_set)
        together = together + " " + sets
        equal.append(Position(" " + func.replace(func.replace(sets, ",", " "), "::", " ") + " ", text("as_set")) > 0)
    ranks = (
        or_(has_asn, name == whole),
        or_(*equal),
        Position(name, whole) == 1,
        or_(*(Position(other, whole) == 1 for other in others)),
        and_(*(Position(" " + Spaced(name), text(f"begins{number}")) > 0 for number in range(words))),
        and_(*(Position(" " + Spaced(together), text(f"begins{number}")) > 0 for number in range(words))),
        and_(*(Position(name, text(f"word{number}")) > 0 for number in range(words))),
    )
    return case(*((holds, literal_column(str(number))) for number, holds in enumerate(ranks)), else_=literal_column(str(len(ranks))))


def text(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=String())


def block_found(visibility: Visibility) -> FromClause:
    """Networks and exchanges by ports with the address, exchanges by their LANs' blocks; each once, by its best rank."""
    family: ColumnElement[int] = bindparam("family", type_=Integer())
    first, last = (bindparam(name, type_=LargeBinary()) for name in ("first", "last"))
    ports, prefixes, lans = PORT.table, PREFIX.table, PEERING_LAN.table
    with_it = or_(*(and_(family == version, first == last, ports.c[f"ipaddr{version}_bytes"] == first) for version in (4, 6)))
    is_held = and_(with_it, visible(visibility, PORT, ports))
    overlaps = and_(prefixes.c.family == family, prefixes.c.first <= last, prefixes.c.last >= first, visible(visibility, PREFIX, prefixes))
    exactly = and_(prefixes.c.first == first, prefixes.c.last == last)
    around = prefixes.join(lans, lans.c.id == prefixes.c.peering_lan_id)
    exact: ColumnElement[int] = literal_column(str(EXACT))
    near = case((exactly, exact), else_=literal_column(str(NEAR)))
    of_networks = select(exact.label("rank"), ports.c.network_id.label("id")).where(is_held)
    of_exchanges = [
        select(exact.label("rank"), ports.c.exchange_id.label("id")).where(is_held),
        select(near.label("rank"), lans.c.exchange_id.label("id")).select_from(around).where(overlaps),
    ]
    ways = [(NETWORK, of_networks.subquery("network_ways")), (EXCHANGE, union_all(*of_exchanges).subquery("exchange_ways"))]
    parts = [best_of(visibility, kind, way) for kind, way in ways if visibility.covers(kind.reads)]
    return union_all(*parts, nothing()).subquery("found")


def best_of(visibility: Visibility, kind: RecordType, ways: FromClause) -> Select[Any]:
    """Each visible record once, however many ways lead to it."""
    rows = kind.table
    joined = rows.join(ways, ways.c.id == rows.c.id)
    return (
        placed(func.min(ways.c.rank), kind, rows)
        .select_from(joined)
        .where(visible(visibility, kind, rows))
        .group_by(rows.c.id, rows.c.name_fold)
    )
