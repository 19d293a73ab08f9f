"""The selects of `search.py`: what holds a text, ranked by how well, and what holds an address or a block of addresses.

Each gives (rank, type's place, size below zero, folded name, id) of the visible records, best first; that is a record's place in the list.
"""

from collections.abc import Iterator, Sequence
from functools import reduce
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
from portal.db.sql import Joined, Position, Punctuated, Spaced
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
AFTER = (
    ("after_rank", Integer()),
    ("after_place", Integer()),
    ("after_smaller", Integer()),
    ("after_name", String()),
    ("after_id", BigInteger()),
)
SIZES = {"net": "ix_count", "ix": "net_count", "fac": "net_count", "carrier": "fac_count"}  # the columns by which the larger come first


def of_text(visibility: Visibility, words: int, asn: bool, goes_on: bool) -> Select[Any]:
    """The first `limit` records that hold all `words`, bound as word0 and so on (with a blank before it as begins0), or have the `asn`.

    Also bound: the folded `text`, `joined` without punctuation, and `as_set` between blanks. `goes_on` after the place bound as in AFTER.
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
    place = (matches.c.rank, matches.c.place, matches.c.smaller, matches.c.name, matches.c.id)
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
    names = [rows.c.name_fold, rows.c.aka_fold, rows.c.name_long_fold]
    sets = [func.lower(rows.c.irr_as_set)] if kind is NETWORK else []
    every = [or_(*plain_holds([*names, *sets], number), *joined_holds(names, number)) for number in range(words)]
    matches = or_(has_asn, and_(*every)) if every else has_asn
    return placed(rank(rows, words, has_asn, kind is NETWORK), kind, rows).where(matches, visible(visibility, kind, rows))


def plain_holds(texts: Sequence[ColumnElement[str]], number: int) -> Iterator[ColumnElement[bool]]:
    return (Position(column, text(f"word{number}")) > 0 for column in texts)


def joined_holds(names: Sequence[ColumnElement[str]], number: int) -> Iterator[ColumnElement[bool]]:
    """Whether a name holds a word once its punctuation is left out."""
    return (and_(Punctuated(name), Position(Joined(name), text(f"word{number}")) > 0) for name in names)


def spaced_out(columns: Sequence[ColumnElement[str]]) -> ColumnElement[str]:
    """One text, with blanks between the columns'."""
    first, *others = columns
    return reduce(lambda whole, other: whole + " " + other, others, first)


def placed(ranked: ColumnElement[Any], kind: RecordType, rows: FromClause) -> Select[Any]:
    place: ColumnElement[int] = literal_column(str(PLACES[kind.tag]))
    return select(
        ranked.label("rank"), place.label("place"), smaller(kind, rows).label("smaller"), rows.c.name_fold.label("name"), rows.c.id
    )


def smaller(kind: RecordType, rows: FromClause) -> ColumnElement[int]:
    """The size below zero, so that the larger come first among equals."""
    return -rows.c[SIZES[kind.tag]] if kind.tag in SIZES else literal_column("0", Integer())


def rank(rows: FromClause, words: int, has_asn: ColumnElement[bool], has_sets: bool) -> ColumnElement[int]:
    """Equal, begins with the text, every word begins a word, holds every word; of each the name before the other names.

    The name also without its punctuation, the other names only where they are equal: it takes its time.
    """
    if not words:
        return literal_column(str(EXACT))
    name = rows.c.name_fold
    plain, joined = (rank_by(rows, forms, words, has_asn, has_sets) for forms in ([name], [name, Joined(name)]))
    return case((Punctuated(name), joined), else_=plain)


def rank_by(
    rows: FromClause, names: Sequence[ColumnElement[str]], words: int, has_asn: ColumnElement[bool], has_sets: bool
) -> ColumnElement[int]:
    """`names`: the forms of the name."""
    others = [rows.c.aka_fold, rows.c.name_long_fold]
    texts: list[ColumnElement[str]] = [rows.c.name_fold, *others]
    equal = [or_(is_whole(other), and_(Punctuated(other), Joined(other) == text("joined"))) for other in others]
    if has_sets:
        sets = func.lower(rows.c.irr_as_set)
        texts.append(sets)
        equal.append(Position(" " + func.replace(func.replace(sets, ",", " "), "::", " ") + " ", text("as_set")) > 0)
    together = spaced_out(texts)
    ranks = (
        or_(has_asn, *map(is_whole, names)),
        or_(*equal),
        or_(*map(begins_with_whole, names)),
        or_(*map(begins_with_whole, others)),
        and_(*(or_(*(begins_a_word(name, number) for name in names)) for number in range(words))),
        and_(*(begins_a_word(together, number) for number in range(words))),
        and_(*(or_(*(Position(name, text(f"word{number}")) > 0 for name in names)) for number in range(words))),
    )
    return case(*((holds, literal_column(str(number))) for number, holds in enumerate(ranks)), else_=literal_column(str(len(ranks))))


def is_whole(column: ColumnElement[str]) -> ColumnElement[bool]:
    return or_(column == text("text"), column == text("joined"))


def begins_with_whole(column: ColumnElement[str]) -> ColumnElement[bool]:
    return or_(Position(column, text("text")) == 1, Position(column, text("joined")) == 1)


def begins_a_word(column: ColumnElement[str], number: int) -> ColumnElement[bool]:
    return Position(" " + Spaced(column), text(f"begins{number}")) > 0


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
    return placed(func.min(ways.c.rank), kind, rows).select_from(joined).where(visible(visibility, kind, rows)).group_by(rows.c.id)
