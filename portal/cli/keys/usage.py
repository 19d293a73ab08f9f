"""`portal keys usage`."""

import sys
from dataclasses import asdict

import click

from portal.access.organizations import stored_organization
from portal.access.principal import COMMAND_LINE
from portal.api_keys.lifecycle.load import organization_of_key
from portal.api_keys.usage.points import Day, read_days
from portal.cli.context import open_registry
from portal.cli.ids import ID
from portal.cli.keys.options import AS_JSON
from portal.cli.output import write_json
from portal.csv_writer import write_csv

COLUMNS = ("day", "ok", "denied", "limited", "errors", "points", "peak")


@click.command("usage")
@click.argument("key_id", metavar="[KEY]", required=False)
@click.option("--organization", "organization_id", type=ID, metavar="ID", help="All keys of an organization together, instead of one.")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 400), help="How far back, today included.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@AS_JSON
def show_usage(key_id: str | None, organization_id: int | None, days: int, as_csv: bool, as_json: bool) -> None:
    """Show how often an API key was used, or all of an organization, on each UTC day, the oldest first.

    Requests are counted by how they were answered: ok, denied (it lacked a scope), limited, errors. "peak" are the points of the key's
    busiest minute on that day, of an organization's those of its busiest key.
    """
    if (key_id is None) == (organization_id is None):
        raise click.UsageError("Name an API key or an --organization.")
    if as_csv and as_json:
        raise click.UsageError("Say --csv or --json, not both.")
    with open_registry() as session:
        if key_id is not None:
            organization_id = organization_of_key(session, COMMAND_LINE, key_id)
        organization = stored_organization(session, organization_id or 0)
        rows = read_days(session.connection(), COMMAND_LINE, organization.id, days, key_id)
    if as_json:
        write_json([asdict(day) for day in rows])
        return
    write_rows(rows, as_csv)


def write_rows(days: list[Day], as_csv: bool) -> None:
    rows = [[str(getattr(day, column)) for column in COLUMNS] for day in days]
    if as_csv:
        write_csv(sys.stdout, COLUMNS, rows)
        return
    for row in [list(COLUMNS), *rows]:
        click.echo(f"{row[0]:10}" + "".join(f"{cell:>10}" for cell in row[1:]))
