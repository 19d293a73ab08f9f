"""`portal keys rotate`."""

from datetime import datetime
from typing import Any

import click

from portal.access.principal import COMMAND_LINE
from portal.api_keys.lifecycle.load import load_key
from portal.api_keys.lifecycle.rotate import Overlap, Same, rotate
from portal.cli.context import open_registry
from portal.cli.keys.options import AS_JSON, EXPIRES_IN, EXPIRES_ON, NEVER, last_day
from portal.cli.output import timestamp, write_json


@click.command("rotate")
@click.argument("key_id", metavar="KEY")
@click.option(
    "--overlap",
    type=click.Choice([choice.value for choice in Overlap]),
    default=Overlap.DAY.value,
    show_default=True,
    help="How long the old token works after the new one's first use.",
)
@EXPIRES_IN
@EXPIRES_ON
@NEVER
@AS_JSON
def rotate_key(key_id: str, overlap: str, expires_in: int | None, expires_on: datetime | None, never: bool, as_json: bool) -> None:
    """Give an API key a new token, and print it. This is the only time it is shown.

    The key ends when it would have ended, unless --expires-in, --expires-on or --never says otherwise.
    """
    with open_registry() as session:
        key = load_key(session, COMMAND_LINE, key_id)
        day = last_day(expires_in, expires_on, never, None) if never or expires_in is not None or expires_on else Same.DAY
        seen = next(token.token_id for token in key.tokens if token.retires_at is None)
        options: dict[str, Any] = {"seen": seen, "overlap": Overlap(overlap), "expires_on": day, "changed": key.changed}
        key, token = rotate(session, COMMAND_LINE, key.organization_id, key_id, **options)
        facts = {"token": token.reveal(), "keyId": key.id, "name": key.name, "organization": key.organization_id, "overlap": overlap}
        facts |= {"expiresAt": timestamp(key.expires_at)}
        session.commit()
    if as_json:
        write_json(facts)
        return
    click.echo(facts["token"])
    click.echo(f"Rotated {facts['name']} ({key_id}). The token is shown only now.", err=True)
