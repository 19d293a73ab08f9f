"""Creates one record of any type: below an object, or for an organization."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.audit import Event
from portal.db.session import next_id
from portal.registry.description import RecordType
from portal.registry.records import KEPT_HERE, LIVE, PENDING
from portal.registry.rules.problem import NOT_FOUND, Problem, Rejected
from portal.registry.rules.rule import read_once
from portal.registry.write.act import Written, begin_at, check_source, end_act
from portal.registry.write.clean import clean_values
from portal.registry.write.named_records import missing_records
from portal.registry.write.place import Place, find_row, no_record, permission_for, place_of
from portal.registry.write.record_history import RowChange
from portal.registry.write.taken import NewValues, taken_values
from portal.registry.write.update import check_rules


def create_record(session: Session, principal: Principal, kind: RecordType, given: Mapping[str, Any]) -> Written:
    """Returns the new row, which is kept here; one that needs approval is pending until an operator approves it.

    Raises NotFound and Forbidden for what it would belong to, and Rejected for a parent that follows the import or for what breaks a rule.
    """
    parent = begin_below(session, principal, kind, given)
    cleaned = clean_values(kind, given)
    new = [NewValues(cleaned.values)]
    problems = cleaned.problems or [*missing_records(session, kind, new, parent), *taken_values(session, kind, new)]
    if problems:
        raise Rejected(problems)
    model: Any = kind.model
    row = model(id=next_id(session), source=KEPT_HERE, status=PENDING if kind.needs_approval else LIVE, **cleaned.values)
    for column, value in copied_values(session, kind, row).items():
        setattr(row, column, value)
    session.add(row)
    session.flush()
    check_rules(session, kind, row, kind.editable)
    place = Place(kind, row) if kind.is_object else parent
    change = RowChange(kind, row, place, {"status": (None, row.status)})
    end_act(session, principal, Event.RECORD_CREATED, [change], place)
    return Written(row, cleaned.warnings, [change])


def begin_below(session: Session, principal: Principal, kind: RecordType, given: Mapping[str, Any]) -> Place:
    """Returns what the new record belongs to, under the registry's lock."""
    parent = kind.parents[kind.owner]
    parent_id = given.get(kind.owner)
    if not isinstance(parent_id, int):
        raise Rejected([Problem("This is needed.", (kind.owner,))])
    permission = permission_for(kind, "create")
    for _ in range(2):  # it may have moved before the lock was taken
        place = place_of(session, parent, find_row(session, parent, parent_id))
        begin_at(session, principal, permission, place, f"{parent.tag}:{parent_id}")
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
