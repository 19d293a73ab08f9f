"""Writes a plan: deletions first, then changes, then new rows; then every rule is asked of what is there in the end."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from portal.db.session import next_ids
from portal.registry.indexes import uniques_of
from portal.registry.networks import NETWORK
from portal.registry.records import KEPT_HERE
from portal.registry.rules.problem import Problem, Rejected
from portal.registry.rules.rule import remembering
from portal.registry.write.create import copied_values
from portal.registry.write.declare.plan_rows import Action, Plan, PlanRow
from portal.registry.write.delete import bury
from portal.registry.write.derived.new_status import new_status
from portal.registry.write.named_records import missing_records
from portal.registry.write.place import Place
from portal.registry.write.record_history import RowChange
from portal.registry.write.taken import NewValues, taken_values
from portal.registry.write.update import broken_rules, store, values_now


def write_plan(session: Session, plan: Plan) -> list[RowChange]:
    """Returns what was changed, in the plan's order. Raises Rejected with all problems; the caller then rolls back."""
    for row in plan.of(Action.DELETE):
        row.before = values_now(row.kind, row.row)
    changes = {id(row): bury(row.kind, row.row, place_of_row(row)) for row in plan.of(Action.DELETE)}
    updates, creates = plan.of(Action.UPDATE), plan.of(Action.CREATE)
    park(session, updates)
    refuse(value_problems(session, [*updates, *creates]))
    for row in updates:
        store(row.row, row.values)
        changes[id(row)] = change_of(row, {column: (row.before[column], value) for column, value in row.values.items()})
    with remembering(session):
        add_rows(session, creates)
    changes |= {id(row): change_of(row, {"status": (None, row.row.status)}) for row in creates}
    session.flush()
    with remembering(session):
        refuse(
            problem.below(*row.path)
            for row in plan.rows
            for problem in broken_rules(session, row.kind, row.row, columns_of(row), row.before)
        )
    return [changes[id(row)] for row in plan.rows]


def refuse(problems: Iterable[Problem]) -> None:
    found = list(problems)
    if found:
        raise Rejected(found)


def value_problems(session: Session, rows: Sequence[PlanRow]) -> Iterator[Problem]:
    """References are asked for by owner, who may name what is pending; unique values of all rows of a type at once."""
    for of_owner in groups(rows, lambda row: (row.kind.tag, row.network.organization_id)):
        yield from missing_records(session, of_owner[0].kind, new_values(of_owner), place_of_row(of_owner[0]))
    for of_kind in groups(rows, lambda row: row.kind.tag):
        yield from taken_values(session, of_kind[0].kind, new_values(of_kind))


def groups(rows: Sequence[PlanRow], key: Callable[[PlanRow], Any]) -> Iterator[list[PlanRow]]:
    return (list(group) for _, group in groupby(sorted(rows, key=key), key=key))


def new_values(rows: Sequence[PlanRow]) -> list[NewValues]:
    return [NewValues(row.values, row.row, row.path) for row in rows]


def park(session: Session, updates: Sequence[PlanRow]) -> None:
    """Takes unique values out of the way that are to change, so that two records can swap them."""
    for row in updates:
        for unique in uniques_of(row.kind.table):
            for column in row.values.keys() & set(unique.columns):
                setattr(row.row, column, None)
    session.flush()


def add_rows(session: Session, creates: Sequence[PlanRow]) -> None:
    for row, number in zip(creates, next_ids(session, len(creates)) if creates else (), strict=True):
        model: Any = row.kind.model
        row.row = model(id=number, source=KEPT_HERE, **row.values)
        for column, value in copied_values(session, row.kind, row.row).items():
            setattr(row.row, column, value)
        row.row.status = new_status(session, row.kind, row.row)
    session.add_all([row.row for row in creates])


def columns_of(row: PlanRow) -> Iterable[str]:
    """The columns that an act changed, which rules are asked by."""
    return {Action.CREATE: row.kind.editable, Action.UPDATE: row.values, Action.DELETE: ("status",)}[row.action]


def change_of(row: PlanRow, fields: dict[str, tuple[Any, Any]]) -> RowChange:
    return RowChange(row.kind, row.row, place_of_row(row), fields)


def place_of_row(row: PlanRow) -> Place:
    return Place(NETWORK, row.network)
