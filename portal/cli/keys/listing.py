"""`portal keys list`."""

import click
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.api_keys.grants import grants_of
from portal.cli.keys.options import AS_JSON, ORGANIZATION
from portal.cli.keys.saying import describe, state, write_json
from portal.cli.opening import open_registry
from portal.errors import NotFound
from portal.models import ApiKey, ApiKeyGrant, Organization

LOADED = selectinload(ApiKey.grants).selectinload(ApiKeyGrant.objects)


@click.command("list")
@ORGANIZATION
@AS_JSON
def list_keys(organization_id: int, as_json: bool) -> None:
    """List an organization's API keys, ended ones too, the newest first."""
    with open_registry() as session:
        organization = session.get(Organization, organization_id)
        if organization is None:
            raise NotFound("There is no such organization.")
        found = select(ApiKey).options(LOADED).where(ApiKey.organization_id == organization_id).order_by(ApiKey.created.desc(), ApiKey.id)
        rows = [describe(key, grants_of(key)) | {"state": state(key, organization)} for key in session.scalars(found)]
    if as_json:
        write_json(rows)
    for row in [] if as_json else rows:
        click.echo("  ".join((row["keyId"], f"{row['state']:8}", f"until {row['expiresAt']}", row["name"], "·", "; ".join(row["grants"]))))
