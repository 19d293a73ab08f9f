"""`portal keys find`, and from a key's id to the key and its organization."""

import sys
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.principal import COMMAND_LINE
from portal.api_keys.authenticate.lookup import cut, find_anywhere
from portal.api_keys.lifecycle.draft import LOADED
from portal.cli.context import open_registry
from portal.cli.keys.options import AS_JSON
from portal.cli.output import describe, say, state
from portal.errors import NotFound
from portal.models import ApiKey
from portal.registry.organizations import Organization

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
        key = key_of(session, find_anywhere(session.connection(), COMMAND_LINE, token_id))
        organization = session.get_one(Organization, key.organization_id)
        facts: dict[str, Any] = {"tokenId": token_id, **describe(key), "state": state(key, organization)}
    say(facts, f"pport_{token_id}_… is a token of {key.name} ({key.id}) of {organization.name}, which is {facts['state']}.", as_json)


def organization_of(session: Session, key_id: str) -> int:
    found = session.scalar(select(ApiKey.organization_id).where(ApiKey.id == key_id))
    if found is None:
        raise NotFound("There is no such API key.")
    return found


def check_organization(session: Session, organization_id: int) -> int:
    """Its id. Raises NotFound for one that never was; a deleted one's keys can still be looked at."""
    if session.get(Organization, organization_id) is None:
        raise NotFound("There is no such organization.")
    return organization_id


def key_of(session: Session, key_id: str, organization_id: int | None = None) -> ApiKey:
    """With its grants. Raises NotFound, also for a key that isn't the organization's, where one is named."""
    key = session.scalars(select(ApiKey).options(*LOADED).where(ApiKey.id == key_id)).one_or_none()
    if key is None or organization_id not in {None, key.organization_id}:
        raise NotFound(f"There is no such API key: {key_id}.")
    return key
