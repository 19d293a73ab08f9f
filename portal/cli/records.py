"""Records: who keeps them."""

import click

from portal.access.principal import COMMAND_LINE
from portal.cli.context import open_registry
from portal.errors import Invalid
from portal.registry.description import RecordType
from portal.registry.types import TYPES
from portal.registry.write.keep_here import keep_here
from portal.registry.write.names import name_of
from portal.whole_numbers import LARGEST_ID, read_number


@click.group()
def records() -> None:
    """Say who keeps records: the import, or their organizations here."""


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


def read_record_id(text: str) -> tuple[RecordType, int]:
    """Raises Invalid for what isn't like net:20."""
    tag, _, identity = text.partition(":")
    number = read_number(identity, LARGEST_ID)
    if tag not in TYPES or number is None:
        raise Invalid(f"{text} names no record. Name it by its type and id, as net:20.")
    return TYPES[tag], number


commands = (records,)
