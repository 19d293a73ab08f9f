"""`portal apply`: networks as a file declares them."""

from typing import Any, TextIO

import click
from sqlalchemy.orm import Session

from portal.access.principal import COMMAND_LINE
from portal.cli.apply.declaration_file import SECTION_KINDS, read_file
from portal.cli.context import open_registry
from portal.errors import Invalid, NotFound
from portal.registry.rules.problem import Problem, Rejected
from portal.registry.write.declare.apply_networks import DEFAULT_MAX_DELETES, GivenNetwork, apply_networks
from portal.registry.write.declare.plan_rows import Action, Plan, PlanRow
from portal.registry.write.names import name_of
from portal.registry.write.place import find_network

SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-"}


@click.command("apply")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--dry-run", is_flag=True, help="Show the plan, and change nothing.")
@click.option("--max-deletes", type=click.IntRange(0), default=DEFAULT_MAX_DELETES, show_default=True, help="The most records to delete.")
def apply(file: TextIO, dry_run: bool, max_deletes: int) -> None:
    """Update networks to match a YAML FILE.

    The file lists networks by ASN, with their ports, facilities and contacts. A list that it leaves out is left alone; records that a list
    doesn't name are deleted. Either all of it is done, or nothing.
    """
    try:
        networks = read_file(file.read())
    except Invalid as error:
        raise click.ClickException(f"{error.field}: {error.message}" if error.field else error.message) from error
    with open_registry() as session:
        given = [given_network(session, network, place) for place, network in enumerate(networks)]
        try:
            plan = apply_networks(session, COMMAND_LINE, given, max_deletes)
        except Rejected as rejected:
            session.rollback()
            raise click.ClickException("\n".join(["Nothing was changed.", *map(problem_line, rejected.problems)])) from rejected
        lines = plan_lines(plan)
        if dry_run:
            session.rollback()
        else:
            session.commit()
    for line in lines:
        click.echo(line)
    click.echo(summary(plan, dry_run=dry_run), err=True)


def given_network(session: Session, network: dict[str, Any], place: int) -> GivenNetwork:
    """Raises NotFound."""
    sections = {section: network[section] for section in SECTION_KINDS if section in network}
    try:
        number = find_network(session, COMMAND_LINE, network["asn"])
    except NotFound:
        raise NotFound(f"There is no network with AS{network['asn']}. Check the number.") from None
    return GivenNetwork(number, f"AS{network['asn']}", sections, ("networks", str(place)))


def problem_line(problem: Problem) -> str:
    return f"{'.'.join(problem.path)}: {problem.message}" if problem.path else problem.message


def plan_lines(plan: Plan) -> list[str]:
    """As `AS64500 ~ 198.51.100.1: speed 10000 → 100000`."""
    warnings = [f"Warning: {problem_line(problem)}" for problem in plan.warnings]
    return [*(f"AS{row.network.asn} {SIGNS[row.action]} {name_of(row.kind, row.row)}{fields_of(row)}" for row in plan.rows), *warnings]


def fields_of(row: PlanRow) -> str:
    values = {column: value for column, value in row.values.items() if column != row.kind.owner}
    if row.action is Action.UPDATE:
        return ": " + ", ".join(f"{column} {row.before[column]} → {value}" for column, value in values.items())
    return ": " + ", ".join(f"{column} {value}" for column, value in values.items()) if values else ""


def summary(plan: Plan, *, dry_run: bool) -> str:
    if not plan.rows:
        return "Everything is as declared."
    created, updated, deleted = (len(plan.of(action)) for action in (Action.CREATE, Action.UPDATE, Action.DELETE))
    return f"{'Would be' if dry_run else 'Done'}: {created} created, {updated} updated, {deleted} deleted."


commands = (apply,)
