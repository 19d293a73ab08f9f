"""`portal keys find`."""

import sys
from typing import Any

import click

from portal.access.organizations import stored_organization
from portal.access.principal import COMMAND_LINE
from portal.api_keys.authenticate.lookup import cut, find_anywhere
from portal.api_keys.lifecycle.load import load_key
from portal.cli.context import open_registry
from portal.cli.keys.options import AS_JSON
from portal.cli.output import key_facts, key_state, say

WARNING = "Other users of this machine can see a command's arguments. Send a whole token to standard input: portal keys find < FILE"


@click.command("find")
@click.argument("text", metavar="[TOKEN]", default="", required=False)
@AS_JSON
def find_key(text: str, as_json: bool) -> None:
    """Find the API key of a token that turned up somewhere.

    The token, or its beginning (pport_ and twelve characters), is read from standard input, or given as an argument. Of a whole token only
    that public beginning is looked at. Give a whole one by standard input: other users of the machine can see arguments.
    """
    if len(text.strip()) > len("pport_") + 12:
        click.echo(WARNING, err=True)
    token_id = cut(text or sys.stdin.read())
    with open_registry() as session:
        key = load_key(session, COMMAND_LINE, find_anywhere(session.connection(), COMMAND_LINE, token_id))
        organization = stored_organization(session, key.organization_id)
        facts: dict[str, Any] = {"tokenId": token_id, **key_facts(key), "state": key_state(key, organization)}
    say(facts, f"pport_{token_id}_… is a token of {key.name} ({key.id}) of {organization.name}, which is {facts['state']}.", as_json)
