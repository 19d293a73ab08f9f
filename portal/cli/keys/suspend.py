"""`portal keys disable`, `enable`, `freeze` and `thaw`: stops that can be taken back."""

import click

from portal.access.principal import COMMAND_LINE
from portal.api_keys.lifecycle.freeze import freeze, thaw
from portal.api_keys.lifecycle.load import organization_of_key
from portal.api_keys.lifecycle.stop import disable, enable
from portal.cli.context import open_registry
from portal.cli.ids import OF_ORGANIZATION
from portal.cli.keys.options import AS_JSON
from portal.cli.output import say, timestamp, until


@click.command("disable")
@click.argument("key_id", metavar="KEY")
@AS_JSON
def disable_key(key_id: str, as_json: bool) -> None:
    """Stop an API key until it is enabled: its next request is refused."""
    with open_registry() as session:
        organization_id = organization_of_key(session, COMMAND_LINE, key_id)
        key = disable(session, COMMAND_LINE, organization_id, key_id)
        facts = {"keyId": key.id, "name": key.name, "organization": organization_id, "disabledAt": timestamp(key.disabled_at)}
        session.commit()
    say(facts, f"Disabled {facts['name']} ({key_id}).", as_json)


@click.command("enable")
@click.argument("key_id", metavar="KEY")
@AS_JSON
def enable_key(key_id: str, as_json: bool) -> None:
    """Let an API key that was disabled work again, until the day it ends."""
    with open_registry() as session:
        organization_id = organization_of_key(session, COMMAND_LINE, key_id)
        key = enable(session, COMMAND_LINE, organization_id, key_id)
        ends = timestamp(key.expires_at)
        facts = {"keyId": key.id, "name": key.name, "organization": organization_id, "expiresAt": ends}
        session.commit()
    say(facts, f"Enabled {facts['name']} ({key_id}); it works {until(ends)}.", as_json)


@click.command("freeze")
@OF_ORGANIZATION
@AS_JSON
def freeze_keys(organization_id: int, as_json: bool) -> None:
    """Stop all API keys of an organization, by its id, with one act: their next requests are refused."""
    with open_registry() as session:
        organization = freeze(session, COMMAND_LINE, organization_id)
        facts = {"organization": organization_id, "name": organization.name, "keysFrozen": True}
        session.commit()
    say(facts, f"All API keys of {facts['name']} are frozen.", as_json)


@click.command("thaw")
@OF_ORGANIZATION
@AS_JSON
def thaw_keys(organization_id: int, as_json: bool) -> None:
    """Let the API keys of an organization that was frozen work again."""
    with open_registry() as session:
        organization = thaw(session, COMMAND_LINE, organization_id)
        facts = {"organization": organization_id, "name": organization.name, "keysFrozen": False}
        session.commit()
    say(facts, f"The API keys of {facts['name']} are thawed.", as_json)
