"""`portal keys revoke`."""

import click

from portal.access import COMMAND_LINE
from portal.api_keys.life import revoke
from portal.cli.keys.finding import organization_of
from portal.cli.keys.options import AS_JSON
from portal.cli.keys.saying import moment, say
from portal.cli.opening import open_registry


@click.command("revoke")
@click.argument("key_id")
@click.option("--reason", default="", help="Why, for the organization's activity.")
@AS_JSON
def revoke_key(key_id: str, reason: str, as_json: bool) -> None:
    """Revoke an API key for good: its next request is refused."""
    with open_registry() as session:
        organization_id = organization_of(session, key_id)
        key = revoke(session, COMMAND_LINE, organization_id, key_id, reason=reason)
        facts = {"keyId": key.id, "name": key.name, "organization": organization_id, "revokedAt": moment(key.revoked_at)}
        session.commit()
    say(facts, f"Revoked {facts['name']} ({key_id}).", as_json)
