"""`portal keys list`."""

from typing import Any

import click
from sqlalchemy import select

from portal.access.principal import COMMAND_LINE
from portal.api_keys.key import Key
from portal.api_keys.lifecycle.draft import LOADED
from portal.api_keys.queries.key_list import Show, make_keys, read_facts
from portal.cli.context import open_registry
from portal.cli.keys.lookup import check_organization
from portal.cli.keys.options import AS_JSON, ORGANIZATION
from portal.cli.output import describe, moment, until, write_json
from portal.models import ApiKey

ALL = "all"


@click.command("list")
@ORGANIZATION
@click.option("--show", type=click.Choice([ALL, *(show.value for show in Show)]), default=ALL, show_default=True, help="Which of them.")
@AS_JSON
def list_keys(organization_id: int, show: str, as_json: bool) -> None:
    """List an organization's API keys, the newest first.

    "active" are all that haven't ended, "expiring" those that end within 30 days, "unused" those that weren't used for as long as the
    organization's policy says, "breaching" those that don't comply with it, "ended" the revoked and the expired.
    """
    with open_registry() as session:
        check_organization(session, organization_id)
        keys = make_keys(read_facts(session.connection(), COMMAND_LINE, organization_id), sees_usage=True)
        shown = [key for key in keys if show == ALL or Show(show).shows(key)]
        found = select(ApiKey).options(*LOADED).where(ApiKey.id.in_([key.id for key in shown]))
        rows = {key.id: describe(key) for key in session.scalars(found)}
    newest = sorted(shown, key=lambda key: (key.created, key.id), reverse=True)
    facts = [rows[key.id] | more(key) for key in newest]
    if as_json:
        write_json(facts)
    for row in [] if as_json else facts:
        words = (row["keyId"], f"{row['state']:8}", f"{until(row['expiresAt']):26}", row["name"], "·", "; ".join(row["grants"]))
        click.echo("  ".join(words))


def more(key: Key) -> dict[str, Any]:
    """What is reckoned rather than stored."""
    return {
        "state": key.state,
        "lastUsedAt": moment(key.last_use.at) if key.last_use else None,
        "unused": key.unused,
        "breaches": list(key.breaches),
    }
