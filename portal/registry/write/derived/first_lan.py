"""What a new exchange has from its beginning: a peering LAN with one prefix."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.registry.description import RecordType
from portal.registry.exchanges import PEERING_LAN, PREFIX
from portal.registry.rules.problem import Problem
from portal.registry.write.clean import Cleaned, clean_value
from portal.registry.write.taken import NewValues, taken_values

New = tuple[RecordType, dict[str, Any], int | None]  # type, values, number if it isn't the next


def check_first_prefix(session: Session, given: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields what is wrong with it, so that it is told with what is wrong with the exchange."""
    cleaned = Cleaned()
    clean_value(cleaned, "prefix", PREFIX.editable["prefix"], given.get("prefix"), None)
    yield from cleaned.problems
    yield from taken_values(session, PREFIX, [NewValues(cleaned.values)])


def first_lan(exchange_id: int) -> New:
    return PEERING_LAN, {"exchange_id": exchange_id}, exchange_id


def first_prefix(peering_lan_id: int, prefix: str) -> New:
    return PREFIX, {"peering_lan_id": peering_lan_id, "prefix": prefix}, None
