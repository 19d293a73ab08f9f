"""Creates one record of any type: below an object, or for an organization."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.audit import Event
from portal.db.session import next_id
from portal.registry.carriers import CARRIER_FACILITY
from portal.registry.description import RecordType
from portal.registry.exchanges import EXCHANGE
from portal.registry.records import KEPT_HERE, LIVE
from portal.registry.rules.problem import NOT_FOUND, Problem, Rejected
from portal.registry.rules.rule import read_once
from portal.registry.write.act import Written, begin_at, check_source, end_act
from portal.registry.write.clean import Cleaned, clean_values
from portal.registry.write.consent.admission_mails import tell_of_request
from portal.registry.write.derived.derived_values import derived_values
from portal.registry.write.derived.first_lan import check_first_prefix, first_lan, first_prefix
from portal.registry.write.derived.new_status import new_status
from portal.registry.write.named_records import missing_records
from portal.registry.write.place import Place, find_row, no_record, permission_for, place_of
from portal.registry.write.record_history import RowChange
from portal.registry.write.taken import NewValues, taken_values
from portal.registry.write.update import check_rules


def create_record(session: Session, principal: Principal, kind: RecordType, given: Mapping[str, Any]) -> Written:
    """Returns the new row, which is kept here; one that needs approval is pending until it has that.

    An exchange takes its first `prefix` too, and has a LAN from the beginning. Raises NotFound and Forbidden for what the record would
    belong to, and Rejected for a parent that follows the import or for what breaks a rule.
    """
    parent = begin_below(session, principal, kind, given)
    cleaned = clean_values(kind, {column: value for column, value in given.items() if column in kind.editable})
    if kind is EXCHANGE:
        cleaned.problems += check_first_prefix(session, given)
    row = add_row(session, kind, cleaned, parent)
    place = Place(kind, row) if kind.is_object else parent
    changes = [RowChange(kind, row, place, {"status": (None, row.status)})]
    if kind is EXCHANGE:
        changes += add_lan(session, place, given["prefix"])
    end_act(session, principal, Event.RECORD_CREATED, changes, place)
    if kind is CARRIER_FACILITY:
        tell_of_request(session, row)
    return Written(row, cleaned.warnings, changes)


def add_row(session: Session, kind: RecordType, cleaned: Cleaned, parent: Place, row_id: int | None = None) -> Any:
    """Returns the flushed row. Raises Rejected for what breaks a rule."""
    problems = cleaned.problems or [
        *missing_records(session, kind, [NewValues(cleaned.values)], parent),
        *taken_values(session, kind, [NewValues(cleaned.values)]),
    ]
    if problems:
        raise Rejected(problems)
    model: Any = kind.model
    row = model(id=row_id or next_id(session), source=KEPT_HERE, **cleaned.values | derived_values(kind, cleaned.values))
    for column, value in copied_values(session, kind, row).items():
        setattr(row, column, value)
    row.status = new_status(session, kind, row)
    session.add(row)
    session.flush()
    check_rules(session, kind, row, kind.editable)
    return row


def add_lan(session: Session, exchange: Place, prefix: str) -> list[RowChange]:
    """Its first LAN has the exchange's own number, as in PeeringDB."""
    changes = []
    for kind, values, number in (first_lan(exchange.row.id), first_prefix(exchange.row.id, prefix)):
        row = add_row(session, kind, clean_values(kind, values), exchange, number)
        changes.append(RowChange(kind, row, exchange, {"status": (None, row.status)}))
    return changes


def begin_below(session: Session, principal: Principal, kind: RecordType, given: Mapping[str, Any]) -> Place:
    """Returns what the new record belongs to, under the registry's lock."""
    parent = kind.parents[kind.owner]
    parent_id = given.get(kind.owner)
    if not isinstance(parent_id, int):
        raise Rejected([Problem("This is required.", (kind.owner,))])
    place = begin_at(
        session,
        principal,
        permission_for(kind, "create"),
        f"{parent.tag}:{parent_id}",
        lambda: place_of(session, parent, find_row(session, parent, parent_id)),
    )
    if not kind.is_object:
        check_source(place)
    elif place.row.status != LIVE:
        raise no_record(f"{parent.tag}:{parent_id}")
    return place


def copied_values(session: Session, kind: RecordType, row: Any) -> dict[str, Any]:
    """The columns of a new row that follow from its parents: a port's exchange and ASN."""
    if kind.tag != "netixlan":
        return {}
    lan, network = (
        read_once(session, (column, getattr(row, column)), partial(session.get, kind.parents[column].model, getattr(row, column)))
        for column in ("peering_lan_id", "network_id")
    )
    if lan is None or network is None:
        raise Rejected([Problem("There is no such peering LAN.", ("peering_lan_id",), NOT_FOUND)])
    return {"exchange_id": lan.exchange_id, "asn": network.asn}  # type: ignore[attr-defined]  # a LAN's and a network's
