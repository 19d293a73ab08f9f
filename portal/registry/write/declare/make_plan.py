"""Compares a declaration with what is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.errors import Invalid
from portal.registry.rules.problem import Problem, Rejected
from portal.registry.rules.rule import remembering
from portal.registry.write.clean import clean_values
from portal.registry.write.declare.plan_rows import Action, Path, Plan, PlanRow
from portal.registry.write.declare.sections import SECTIONS, Entry, Section, stored_rows


@dataclass(frozen=True)
class Declaration:
    """How one network should be. A section that is left out is left alone, an empty one is emptied; `path` is its place in the input."""

    network: Any
    sections: Mapping[str, Sequence[Entry]]
    path: Path


def make_plan(session: Session, principal: Principal, declarations: Sequence[Declaration]) -> Plan:
    """Returns the plan. Raises Forbidden for who may not see what a section speaks of. Nothing is written."""
    plan = Plan()
    with remembering(session):
        for declaration in declarations:
            for section in SECTIONS:
                if section.name in declaration.sections:
                    stored = stored_rows(session, principal, section, declaration.network.id)
                    plan_section(session, plan, section, declaration, stored)
    return plan


def plan_section(session: Session, plan: Plan, section: Section, declaration: Declaration, stored: Sequence[Any]) -> None:
    named: dict[int, Path] = {}
    for number, entry in enumerate(declaration.sections[section.name]):
        path = (*declaration.path, section.name, str(number))
        try:
            values = section.complete(session, entry)
            row = one_row(plan, section.identify(values, stored), named, path)
            plan_entry(plan, section, declaration, path, section.locate(session, values, row), row)
        except Rejected as rejected:
            plan.problems += [problem.below(*path) for problem in rejected.problems]
        except Invalid as error:
            plan.problems.append(Problem(error.message, path))
    whole = (*declaration.path, section.name)
    plan.rows += [PlanRow(section.kind, Action.DELETE, declaration.network, whole, row) for row in stored if row.id not in named]


def one_row(plan: Plan, rows: Sequence[Any], named: dict[int, Path], path: Path) -> Any:
    """Returns the row that an entry means, None where it means a new one. Notes an ambiguous entry, and a second one of the same row."""
    if len(rows) > 1:
        plan.problems.append(Problem(f"{len(rows)} records fit this entry. Give more of what tells them apart.", path))
    if rows and rows[0].id in named:
        plan.problems.append(Problem(f"This means the same record as {'.'.join(named[rows[0].id])}. Keep one of them.", path))
    named |= {row.id: path for row in rows}
    return rows[0] if rows else None


def plan_entry(plan: Plan, section: Section, declaration: Declaration, path: Path, values: Mapping[str, Any], row: Any) -> None:
    network = declaration.network
    given = dict(values) if row else {**values, "network_id": network.id}
    cleaned = clean_values(section.kind, given, row)
    plan.problems += [problem.below(*path) for problem in cleaned.problems]
    plan.warnings += [problem.below(*path) for problem in cleaned.warnings]
    if row is None:
        plan.rows.append(PlanRow(section.kind, Action.CREATE, network, path, None, cleaned.values))
    elif cleaned.values:
        before = {column: getattr(row, column) for column in cleaned.values}
        plan.rows.append(PlanRow(section.kind, Action.UPDATE, network, path, row, cleaned.values, before))
