"""`portal keys revoke`."""

from typing import Any

import click
from sqlalchemy.orm import Session

from portal.access.principal import COMMAND_LINE
from portal.api_keys.lifecycle.load import organization_of_key
from portal.api_keys.lifecycle.stop import revoke
from portal.cli.context import open_registry
from portal.cli.keys.options import AS_JSON
from portal.cli.output import say, timestamp
from portal.errors import Conflict, NotFound


@click.command("revoke")
@click.argument("key_ids", metavar="KEY...", nargs=-1, required=True)
@click.option("--reason", default="", help="Why, for the organization's activity.")
@AS_JSON
def revoke_key(key_ids: tuple[str, ...], reason: str, as_json: bool) -> None:
    """Revoke API keys for good: their next requests are refused. Either all of those that are named, or none."""
    with open_registry() as session:
        ended = [revoke_one(session, key_id, reason) for key_id in dict.fromkeys(key_ids)]
        session.commit()
    say(ended, "\n".join(f"Revoked {facts['name']} ({facts['keyId']})." for facts in ended), as_json)


def revoke_one(session: Session, key_id: str, reason: str) -> dict[str, Any]:
    """Raises NotFound and Conflict with the key's id."""
    try:
        organization_id = organization_of_key(session, COMMAND_LINE, key_id)
        key = revoke(session, COMMAND_LINE, organization_id, key_id, reason=reason)
    except (Conflict, NotFound) as error:
        raise type(error)(f"{key_id}: {error.message} Nothing was revoked.") from None
    return {"keyId": key.id, "name": key.name, "organization": organization_id, "revokedAt": timestamp(key.revoked_at)}
