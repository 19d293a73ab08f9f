"""Runs one act in its field's transaction, and makes the payload of what came of it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

from graphql_schema.engine.context import Context
from graphql_schema.engine.node_ids import read_id
from graphql_schema.mutations.inputs import read_identity, read_input
from graphql_schema.mutations.payloads import record_changes, user_errors, user_warnings
from portal.access.principal import Principal
from portal.errors import NotFound
from portal.registry.description import RecordType
from portal.registry.ports import PORT
from portal.registry.records import DELETED
from portal.registry.rules.problem import Rejected
from portal.registry.write.act import Written
from portal.registry.write.consent.admit_carrier import admit_carrier
from portal.registry.write.consent.switch_off_port import speaks_for_exchange, switch_off_port
from portal.registry.write.create import create_record
from portal.registry.write.delete import delete_record
from portal.registry.write.idempotency.create_once import create_once
from portal.registry.write.place import find_network, no_record
from portal.registry.write.update import update_record

Given = Mapping[str, Any]
Act = Callable[[Session, Principal, RecordType, Given], Written]


def run_act(context: Context, kind: RecordType, payload: Any, act: Act, given: Given, *, dry_run: bool) -> Any:
    """Returns the payload. What broke a rule is taken back, as a dry run is."""
    transaction = context.act
    try:
        written = act(transaction.session, context.principal, kind, given)
    except Rejected as rejected:
        transaction.rolled_back = True
        current = rejected.current.id if rejected.current is not None else None
        return payload(record_id=current, tag=kind.tag, changes=[], user_errors=user_errors(rejected.problems), user_warnings=[])
    transaction.rolled_back = dry_run
    gone = written.row.status == DELETED or (dry_run and is_new(written))
    return payload(
        record_id=None if gone else written.row.id,
        tag=kind.tag,
        changes=[] if dry_run and is_new(written) else record_changes(written.changes, context.visibility),
        user_errors=[],
        user_warnings=user_warnings(written.warnings),
    )


def is_new(written: Written) -> bool:
    return any(change.row is written.row and change.fields.get("status", ("",))[0] is None for change in written.changes)


def create(session: Session, principal: Principal, kind: RecordType, given: Given) -> Written:
    return create_record(session, principal, kind, read_input(kind, given))


def create_under(key: str) -> Act:
    """A creation that is done once, however often it is sent under the key."""
    return lambda session, principal, kind, given: create_once(session, principal, kind, read_input(kind, given), key)


def update(session: Session, principal: Principal, kind: RecordType, given: Given) -> Written:
    with named_as_given(kind, given):
        number, values = number_of(session, principal, kind, given), read_input(kind, without_asn(kind, given))
        if kind is PORT and speaks_for_exchange(session, principal, number):
            return switch_off_port(session, principal, number, values, given.get("ifVersion"))
        return update_record(session, principal, kind, number, values, given.get("ifVersion"))


def delete(session: Session, principal: Principal, kind: RecordType, given: Given) -> Written:
    with named_as_given(kind, given):
        return delete_record(session, principal, kind, number_of(session, principal, kind, given), given.get("ifVersion"))


def approve(session: Session, principal: Principal, kind: RecordType, given: Given) -> Written:
    with named_as_given(kind, given):
        return admit_carrier(session, principal, number_of(session, principal, kind, given), given.get("ifVersion"))


@contextmanager
def named_as_given(kind: RecordType, given: Given) -> Iterator[None]:
    """An ASN that isn't the caller's says no more than one that doesn't exist: not even its id."""
    try:
        yield
    except NotFound:
        raise no_record(f"AS{given['asn']}" if given.get("asn") is not None else f"{kind.tag}:{read_id(kind.tag, given['id'])}") from None


def without_asn(kind: RecordType, given: Given) -> Given:
    """An update's ASN says which network is meant."""
    return {name: value for name, value in given.items() if name != "asn" or not kind.editable.get("asn")}


def number_of(session: Session, principal: Principal, kind: RecordType, given: Given) -> int:
    """Returns the record's number. Raises NotFound for an ASN that no network has."""
    name, value = read_identity(kind, given)
    return value if name == "id" else find_network(session, principal, value)
