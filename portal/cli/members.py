"""An organization's members from the command line: who they are, and giving and taking a role."""

import json
from dataclasses import asdict

import click

from portal.access.permissions import Role
from portal.access.principal import COMMAND_LINE
from portal.accounts import add_member, find_person, read_members, remove_member
from portal.cli.context import open_registry
from portal.cli.ids import ORGANIZATION

EMAIL = click.option("--email", required=True, help="The e-mail address of the person's account.")


@click.group()
def members() -> None:
    """List, add and remove an organization's members."""


@members.command("list")
@ORGANIZATION
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for a script.")
def list_members(organization_id: int, as_json: bool) -> None:
    """List who has which role in an organization."""
    with open_registry() as session:
        rows = read_members(session, COMMAND_LINE, organization_id)
    lines = [f"{member.role:6}  {member.email}  {member.name}" for member in rows]
    click.echo(json.dumps(list(map(asdict, rows)), ensure_ascii=False) if as_json else "\n".join(lines) or "No members.")


@members.command("add")
@ORGANIZATION
@EMAIL
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="What the person may do there.")
def add(organization_id: int, email: str, role: str) -> None:
    """Give a person who has an account a role in an organization."""
    with open_registry() as session:
        person = find_person(session, email)
        add_member(session, COMMAND_LINE, organization_id, person.id, Role(role))
        session.commit()
    click.echo(f"{email} has the role {role} in organization {organization_id}.", err=True)


@members.command("remove")
@ORGANIZATION
@EMAIL
def remove(organization_id: int, email: str) -> None:
    """Remove a person from an organization, and sign them out. The API keys they created keep working."""
    with open_registry() as session:
        remove_member(session, COMMAND_LINE, organization_id, find_person(session, email).id)
        session.commit()
    click.echo(f"{email} is no member of organization {organization_id} any more.", err=True)


commands = (members,)
