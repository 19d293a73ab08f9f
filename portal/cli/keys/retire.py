"""`portal keys end-old-token`."""

import click

from portal.access.principal import COMMAND_LINE
from portal.api_keys.lifecycle.load import load_key
from portal.api_keys.lifecycle.retire import retire
from portal.api_keys.lifecycle.rotate import find_older
from portal.cli.context import open_registry
from portal.cli.keys.options import AS_JSON
from portal.cli.output import say


@click.command("end-old-token")
@click.argument("key_id", metavar="KEY")
@AS_JSON
def end_old_token(key_id: str, as_json: bool) -> None:
    """End the old token of an API key that is being rotated: its next request is refused. The newest token keeps working."""
    with open_registry() as session:
        key = load_key(session, COMMAND_LINE, key_id)
        token_id = find_older(key.tokens).token_id
        retire(session, COMMAND_LINE, key.organization_id, key_id, token_id=token_id)
        facts = {"keyId": key.id, "name": key.name, "organization": key.organization_id, "tokenId": token_id}
        session.commit()
    say(facts, f"Ended the old token of {facts['name']} ({key_id}), pport_{token_id}.", as_json)
