"""`portal keys pepper-status`."""

from dataclasses import asdict
from typing import Any

import click

from portal.access.principal import COMMAND_LINE
from portal.api_keys.authenticate.peppers import PepperStatus, count_tokens
from portal.cli.context import check_migrated, open_database
from portal.cli.keys.options import AS_JSON
from portal.cli.output import write_json
from portal.extensions import db
from portal.settings import read


@click.command("pepper-status")
@AS_JSON
def show_peppers(as_json: bool) -> None:
    """Show how many tokens each pepper of PORTAL_PEPPERS digests, and which peppers are still needed.

    A token moves to the newest pepper when it is used. Of "working" none have ended, were replaced, or belong to a revoked key.
    """
    settings = read()
    with open_database(settings):
        check_migrated()
        statuses = count_tokens(db.session(), COMMAND_LINE)
    if as_json:
        write_json([as_json_fields(status) for status in statuses])
        return
    for status in statuses:
        needed = ("needed" if status.configured else "MISSING, and needed") if status.needed else "not needed"
        newest = ", the newest" if status.newest else ""
        click.echo(f"pepper {status.number}: {status.tokens} tokens, {status.working} of them working; {needed}{newest}")


def as_json_fields(status: PepperStatus) -> dict[str, Any]:
    """The fields that scripts read; `known` is its name there."""
    fields = asdict(status)
    return {**fields, "known": fields.pop("configured"), "needed": status.needed}
