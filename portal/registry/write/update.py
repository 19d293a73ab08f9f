"""Updates one record of any type: what is given and differs, whole or not at all."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.audit import Event
from portal.db.session import now
from portal.registry.description import RecordType
from portal.registry.rules import RULES
from portal.registry.rules.problem import Problem, Rejected
from portal.registry.write.act import Written, begin_act, check_version, end_act
from portal.registry.write.clean import clean_values
from portal.registry.write.derived.derived_values import derived_values
from portal.registry.write.named_records import missing_records
from portal.registry.write.record_history import RowChange
from portal.registry.write.taken import NewValues, taken_values

NOTHING: Mapping[str, Any] = MappingProxyType({})


def update_record(
    session: Session, principal: Principal, kind: RecordType, record_id: int, given: Mapping[str, Any], if_version: int | None = None
) -> Written:
    """Changes the columns that are given, leaves the others alone, and returns the row. What is as it was changes nothing.

    Raises NotFound, Forbidden, and Rejected for a record that follows the import, for an older version, and for what breaks a rule.
    """
    row, place = begin_act(session, principal, kind, record_id, "update")
    check_version(row, if_version)
    cleaned = clean_values(kind, given, row)
    new = [NewValues(cleaned.values, row)]
    problems = cleaned.problems or [*missing_records(session, kind, new, place), *taken_values(session, kind, new)]
    if problems:
        raise Rejected(problems)
    if not cleaned.values:
        return Written(row, cleaned.warnings)
    values = cleaned.values | derived_values(kind, cleaned.values)
    fields = {column: (getattr(row, column), value) for column, value in values.items() if value != getattr(row, column)}
    store(row, values)
    session.flush()
    check_rules(session, kind, row, fields, {column: before for column, (before, _) in fields.items()})
    change = RowChange(kind, row, place, fields)
    end_act(session, principal, Event.RECORD_UPDATED, [change], place)
    return Written(row, cleaned.warnings, [change])


def store(row: Any, values: Mapping[str, Any]) -> None:
    for column, value in values.items():
        setattr(row, column, value)
    row.version += 1
    row.updated = now()


def check_rules(session: Session, kind: RecordType, row: Any, columns: Iterable[str], before: Mapping[str, Any] = NOTHING) -> None:
    """Raises Rejected with all problems of the flushed row that speak of one of the columns. `before`: their values until now."""
    problems = broken_rules(session, kind, row, columns, before)
    if problems:
        raise Rejected(problems)


def broken_rules(
    session: Session, kind: RecordType, row: Any, columns: Iterable[str], before: Mapping[str, Any] = NOTHING
) -> list[Problem]:
    rules = [rule for rule in RULES.get(kind.tag, ()) if not rule.fields.isdisjoint(columns)]
    return [problem for rule in rules for problem in rule.problems(session, row, before)]


def values_now(kind: RecordType, row: Any) -> dict[str, Any]:
    """Returns what a rule may want to know of a row that is about to be deleted."""
    return {column: getattr(row, column) for column in ("status", *kind.editable)}
