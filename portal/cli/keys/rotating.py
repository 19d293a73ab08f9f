"""`portal keys rotate`."""

import click
from sqlalchemy import select

from portal.access import COMMAND_LINE
from portal.api_keys.rotation import Overlap, rotate
from portal.cli.keys.finding import organization_of
from portal.cli.keys.options import AS_JSON
from portal.cli.keys.saying import write_json
from portal.cli.opening import open_registry
from portal.extensions import settings
from portal.models import ApiKeyToken


@click.command("rotate")
@click.argument("key_id")
@click.option(
    "--overlap",
    type=click.Choice([each.value for each in Overlap]),
    default=Overlap.DAY.value,
    show_default=True,
    help="How long the old token works after the new one's first use.",
)
@AS_JSON
def rotate_key(key_id: str, overlap: str, as_json: bool) -> None:
    """Give an API key a new token, and print it. This is the only time it is shown."""
    with open_registry() as session:
        organization_id = organization_of(session, key_id)
        seen = session.scalars(select(ApiKeyToken.token_id).where(ApiKeyToken.api_key_id == key_id, ApiKeyToken.retires_at.is_(None))).one()
        key, token = rotate(session, COMMAND_LINE, organization_id, key_id, settings(), seen=seen, overlap=Overlap(overlap))
        facts = {"token": token.reveal(), "keyId": key.id, "name": key.name, "organization": organization_id, "overlap": overlap}
        session.commit()
    if as_json:
        write_json(facts)
        return
    click.echo(facts["token"])
    click.echo(f"Rotated {facts['name']} ({key_id}). The token is shown only now.", err=True)
