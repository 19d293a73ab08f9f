"""`portal keys pepper-status`."""

from dataclasses import asdict

import click

from portal.access.principal import COMMAND_LINE
from portal.api_keys.authenticate.peppers import count_tokens
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
    told = read()
    with open_database(told):
        check_migrated()
        found = count_tokens(db.session(), COMMAND_LINE)
    if as_json:
        write_json([asdict(status) | {"needed": status.needed} for status in found])
        return
    for status in found:
        needed = ("needed" if status.known else "MISSING, and needed") if status.needed else "not needed"
        newest = ", the newest" if status.newest else ""
        click.echo(f"pepper {status.number}: {status.tokens} tokens, {status.working} of them working; {needed}{newest}")
