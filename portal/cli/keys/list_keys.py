"""`portal keys list`."""

from typing import Any

import click

from portal.access.organizations import stored_organization
from portal.access.principal import COMMAND_LINE
from portal.api_keys.key import Key
from portal.api_keys.lifecycle.load import load_keys
from portal.api_keys.queries.key_list import Show, make_keys, read_facts
from portal.cli.context import open_registry
from portal.cli.ids import ORGANIZATION
from portal.cli.keys.options import AS_JSON
from portal.cli.output import key_facts, timestamp, until, write_json

ALL = "all"


@click.command("list")
@ORGANIZATION
@click.option("--show", type=click.Choice([ALL, *(show.value for show in Show)]), default=ALL, show_default=True, help="Which of them.")
@AS_JSON
def list_keys(organization_id: int, show: str, as_json: bool) -> None:
    """List an organization's API keys, the newest first.

    "live" are all that haven't ended: "active" ones, and "stopped" ones, which leaked, are frozen or disabled. "expiring" are those that
    end within 30 days, "unused" those that weren't used for as long as the organization's policy says, "breaching" those that don't comply
    with it, "ended" the revoked and the expired.
    """
    with open_registry() as session:
        stored_organization(session, organization_id)
        keys = make_keys(read_facts(session.connection(), COMMAND_LINE, organization_id), sees_usage=True)
        shown = [key for key in keys if show == ALL or Show(show).shows(key)]
        stored = load_keys(session, COMMAND_LINE, [key.id for key in shown])
        rows = {key_id: key_facts(key) for key_id, key in stored.items()}
    newest = sorted(shown, key=lambda key: (key.created, key.id), reverse=True)
    facts = [rows[key.id] | computed_facts(key) for key in newest]
    if as_json:
        write_json(facts)
    for row in [] if as_json else facts:
        words = (row["keyId"], f"{row['state']:8}", f"{until(row['expiresAt']):26}", row["name"], "·", "; ".join(row["grants"]))
        click.echo("  ".join(words))


def computed_facts(key: Key) -> dict[str, Any]:
    """Returns what is computed rather than stored."""
    return {
        "state": key.state,
        "lastUsedAt": timestamp(key.last_use.at) if key.last_use else None,
        "unused": key.unused,
        "breaches": list(key.breaches),
    }
