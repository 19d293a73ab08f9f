"""Applies a declaration of one or many networks: whole or not at all, under the rights that its caller has now."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.access.require import read_again, require
from portal.audit import Event, Subject, record
from portal.db.session import lock
from portal.registry.networks import NETWORK
from portal.registry.organizations import ORGANIZATION, Organization
from portal.registry.rules.problem import Problem, Rejected
from portal.registry.write.act import check_source, close_act
from portal.registry.write.declare.make_plan import Declaration, make_plan
from portal.registry.write.declare.plan_rows import Action, Path, Plan
from portal.registry.write.declare.sections import Entry
from portal.registry.write.declare.write_plan import write_plan
from portal.registry.write.idempotency.acts_done import PATH, act_done, remember_act
from portal.registry.write.names import name_of
from portal.registry.write.place import Place, find_row, no_record
from portal.registry.write.record_history import RowChange

MAX_ENTRIES = 2_000
DEFAULT_MAX_DELETES = 5
MUTATION = "applyNetworks"


@dataclass(frozen=True)
class GivenNetwork:
    """A declaration as it came. `name`: what the caller calls the network, as AS64500."""

    network_id: int
    name: str
    sections: Mapping[str, Sequence[Entry]]
    path: Path


def apply_networks(
    session: Session, principal: Principal, given: Sequence[GivenNetwork], max_deletes: int = DEFAULT_MAX_DELETES, key: str | None = None
) -> Plan:
    """Returns the plan that was applied; it is empty where everything is as declared, and where it was applied under the key before.

    Raises NotFound for a network that isn't the principal's, Forbidden for a permission that the plan needs, and Rejected for all else.
    """
    check_size(given)
    networks = {one.network_id: find_own(session, principal, one) for one in given}
    lock(session)
    rights: dict[int, Principal] = {}
    for one in given:
        network = networks[one.network_id] = find_own(session, principal, one)
        if network.organization_id not in rights:
            rights[network.organization_id] = read_again(session, principal, network.organization_id)
        find_own(session, rights[network.organization_id], one)
        check_source_at(Place(NETWORK, network), one.path)
    declaration = {"given": given, "max_deletes": max_deletes}
    if key is not None and act_done(session, principal, MUTATION, key, declaration):
        return Plan(warnings=[Problem("This was applied under this key already. Nothing was done now.", PATH)])
    plan = Plan()
    for organization_id, who in rights.items():
        own = [one for one in given if networks[one.network_id].organization_id == organization_id]
        part = make_plan(session, who, [Declaration(networks[one.network_id], one.sections, one.path) for one in own])
        for row in part.rows:
            require(who, row.permission, organization_id, row.network.id)
        plan.rows, plan.problems, plan.warnings = plan.rows + part.rows, plan.problems + part.problems, plan.warnings + part.warnings
    check_plan(plan, max_deletes)
    if plan.rows:
        record_acts(session, principal, plan, write_plan(session, plan))
    if key is not None:
        remember_act(session, principal, MUTATION, key, declaration, None)
    return plan


def check_size(given: Sequence[GivenNetwork]) -> None:
    """Raises Rejected for too many entries, and for a network that is declared twice."""
    entries = sum(len(rows) for one in given for rows in one.sections.values())
    if entries > MAX_ENTRIES:
        raise Rejected([Problem(f"These are {entries:,} records; {MAX_ENTRIES:,} is the maximum. Send the networks in parts.")])
    paths: dict[int, Path] = {}
    for one in given:
        if one.network_id in paths:
            raise Rejected([Problem(f"{one.name} is declared twice. Put all of it in one place.", one.path)])
        paths[one.network_id] = one.path


def find_own(session: Session, principal: Principal, one: GivenNetwork) -> Any:
    """Raises NotFound for a network of another organization, as for one that doesn't exist."""
    network = find_row(session, NETWORK, one.network_id)
    if network.organization_id not in principal.own and not principal.command_line:
        raise no_record(one.name)
    return network


def check_source_at(place: Place, path: Path) -> None:
    try:
        check_source(place)
    except Rejected as rejected:
        raise Rejected([problem.below(*path) for problem in rejected.problems]) from None


def check_plan(plan: Plan, max_deletes: int) -> None:
    deletes = len(plan.of(Action.DELETE))
    if plan.problems:
        raise Rejected(plan.problems)
    if deletes > max_deletes:
        hint = "To see which, send it with dryRun and a larger maxDeletes."
        text = f"This would delete {deletes} records; maxDeletes allows {max_deletes}. {hint}"
        raise Rejected([Problem(text, ("max_deletes",))])


def record_acts(session: Session, principal: Principal, plan: Plan, changes: Sequence[RowChange]) -> None:
    """One row of the audit for each organization, with counts."""
    by_organization: dict[int, list[RowChange]] = defaultdict(list)
    for change in changes:
        by_organization[change.place.organization_id].append(change)
    for organization_id, own in by_organization.items():
        numbers = {id(change.row) for change in own}
        counts = {f"{action.value}d": sum(id(row.row) in numbers for row in plan.of(action)) for action in Action}
        subject = subject_of(session, own, organization_id)
        act = record(session, principal, Event.NETWORK_DECLARED, organization_id=organization_id, subject=subject, details=counts)
        close_act(session, act, own)


def subject_of(session: Session, changes: Sequence[RowChange], organization_id: int) -> Subject:
    """The network, or of several their organization."""
    networks = {change.place.row.id: change.place.row for change in changes}
    if len(networks) == 1:
        (network,) = networks.values()
        return Subject.of_record(NETWORK.tag, network.id, name_of(NETWORK, network))
    organization = session.get_one(Organization, organization_id)
    return Subject.of_record(ORGANIZATION.tag, organization.id, organization.name)
