"""Records: who keeps them, and what the import would have said of those that are kept here."""

from dataclasses import asdict
from typing import Any

import click

from portal.access.principal import COMMAND_LINE
from portal.cli.context import open_registry
from portal.cli.output import write_json
from portal.errors import Invalid
from portal.registry.description import RecordType
from portal.registry.read.differences.read_differences import objects_that_differ, read_differences
from portal.registry.types import TYPES
from portal.registry.write.authority.follow_import import follow_import
from portal.registry.write.keep_here import keep_here
from portal.registry.write.names import name_of
from portal.registry.write.record_history import RowChange
from portal.whole_numbers import LARGEST_ID, read_number

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for a script.")


@click.group()
def records() -> None:
    """Keep records here or let them follow the import, and list how both differ."""


@records.command()
@click.argument("what", nargs=-1, required=True, metavar="net:ID…")
def keep(what: tuple[str, ...]) -> None:
    """Keep records here, with what belongs to them.

    An import leaves them alone from then on. Name organizations, networks, exchanges, facilities, carriers or campuses: net:20, ix:31.
    """
    with open_registry() as session:
        lines = []
        for text in what:
            kind, identity = read_record_id(text)
            written = keep_here(session, COMMAND_LINE, kind, identity)
            lines.append(f"{text}  {name_of(kind, written.row)} is kept here{'' if written.changes else ' already'}.")
        session.commit()
    for line in lines:
        click.echo(line)


@records.command()
@click.argument("what", metavar="net:ID")
@click.option("--dry-run", is_flag=True, help="Show what would be deleted and overwritten, and change nothing.")
def follow(what: str, dry_run: bool) -> None:
    """Let a record follow the import, with what belongs to it.

    It takes the values of the newest file at once. What was created here below it is deleted.
    """
    with open_registry() as session:
        written = follow_import(session, COMMAND_LINE, *read_record_id(what))
        lines = [line for change in written.changes for line in change_lines(change)]
        warnings = [problem.message for problem in written.warnings]
        if dry_run:
            session.rollback()
        else:
            session.commit()
    for line in lines:
        click.echo(line)
    for warning in warnings:
        click.echo(warning, err=True)
    if not lines:
        click.echo(f"{what} follows the import already.", err=True)


def change_lines(change: RowChange) -> list[str]:
    """`net:20  notes: 'ours' → 'theirs'`."""
    return [f"{change.kind.tag}:{change.row.id}  {field}: {old!r} → {new!r}" for field, (old, new) in change.fields.items()]


@records.command()
@click.argument("what", nargs=-1, metavar="[net:ID]…")
@AS_JSON
def differences(what: tuple[str, ...], as_json: bool) -> None:
    """List how the newest import differs from records that are kept here.

    Name some, or none to list all.
    """
    with open_registry() as session:
        connection = session.connection()
        identities = [read_record_id(text) for text in what] or [
            (TYPES[tag], identity) for tag, identity in objects_that_differ(connection, COMMAND_LINE)
        ]
        rows = [
            {"object": f"{kind.tag}:{identity}"} | asdict(row)
            for kind, identity in identities
            for row in read_differences(connection, COMMAND_LINE, kind.tag, identity)
        ]
    if as_json:
        write_json(rows)
        return
    for row in rows:
        click.echo(difference_line(row))
    if not rows:
        click.echo("Nothing differs.", err=True)


def difference_line(row: dict[str, Any]) -> str:
    """`net:20  name: "Here" here, "There" in the file`, with the record's own id where that isn't the object's."""
    record = f"{row['record_type']}:{row['record_id']}"
    place = row["object"] if record == row["object"] else f"{row['object']}  {record}"
    if row["clash_id"]:
        return f"{place}  {row['field']}: {row['stored']!r} here; {row['record_type']}:{row['clash_id']} of the file was skipped"
    if not row["field"]:
        return f"{place}  only {'here' if row['imported'] is None else 'in the file'}"
    return f"{place}  {row['field']}: {row['stored']!r} here, {row['imported']!r} in the file"


def read_record_id(text: str) -> tuple[RecordType, int]:
    """Raises Invalid for what isn't like net:20."""
    tag, _, identity = text.partition(":")
    number = read_number(identity, LARGEST_ID)
    if tag not in TYPES or number is None:
        raise Invalid(f"{text} isn't a record. Give its type and ID, such as net:20.")
    return TYPES[tag], number


commands = (records,)
