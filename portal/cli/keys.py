"""API keys from the command line: issued, listed, stopped, revoked, under the same rules as in the browser."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import click
import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal.access import COMMAND_LINE
from portal.api_keys.freezing import freeze, thaw
from portal.api_keys.grants import Grants, describe_grants, grants_of
from portal.api_keys.life import Draft, disable, enable, issue, revoke
from portal.api_keys.rotation import Overlap, rotate
from portal.api_keys.state import state_of
from portal.api_keys.templates import TEMPLATES
from portal.cli.opening import open_registry
from portal.database import TIMESTAMP_FORM, now
from portal.errors import NotFound
from portal.extensions import settings
from portal.models import ApiKey, ApiKeyGrant, ApiKeyToken, Organization
from portal.permissions import GRANTABLE, RULES, Permission

ORGANIZATION = click.option("--organization", "organization_id", required=True, type=int, metavar="ID", help="The organization's id.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for a script.")
LOADED = selectinload(ApiKey.grants).selectinload(ApiKeyGrant.objects)


class Grant(click.ParamType[tuple[Permission, frozenset[int] | None]]):
    """`networks:read`, or `networks:update=20,25` for chosen objects."""

    name = "grant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Permission, frozenset[int] | None]:
        word, separator, ids = str(value).partition("=")
        if word not in GRANTABLE:
            self.fail(f"{word} is nothing that an API key can hold. It can hold: {', '.join(GRANTABLE)}.", param, ctx)
        permission = Permission(word)
        if not separator:
            return permission, None
        if not RULES[permission].objects:
            self.fail(f"{word} has no list of objects.", param, ctx)
        if not all(part.isdecimal() and part.isascii() for part in ids.split(",")):
            self.fail(f"Name objects by their ids, as in {word}=20,25.", param, ctx)
        return permission, frozenset(map(int, ids.split(",")))


@click.group()
def keys() -> None:
    """Issue, list, stop and revoke an organization's API keys."""


@keys.command("issue")
@ORGANIZATION
@click.option("--name", required=True, help="What the key is for; unique among the organization's live keys.")
@click.option("--notify", required=True, metavar="EMAIL", help="Whom to reach about the key.")
@click.option(
    "--grant", "grants", type=Grant(), multiple=True, metavar="GRANT", help="networks:read, or networks:update=ID,ID for chosen ones."
)
@click.option("--template", "templates", type=click.Choice(list(TEMPLATES)), multiple=True, help="A ready choice of grants.")
@click.option(
    "--expires-in", default=365, show_default=True, type=click.IntRange(0, 36500), metavar="DAYS", help="Works to the end of that day, UTC."
)
@click.option("--note", default="", help="A note for the organization's members.")
@AS_JSON
def issue_key(
    organization_id: int,
    name: str,
    notify: str,
    grants: tuple[tuple[Permission, frozenset[int] | None], ...],
    templates: tuple[str, ...],
    expires_in: int,
    note: str,
    as_json: bool,
) -> None:
    """Issue an API key, and print its token.

    This is the only time it is shown. Give at least one --grant or --template; both can be given several times.
    """
    chosen = unite(templates, grants)
    draft = Draft(name, notify, now().date() + timedelta(days=expires_in), note, chosen)
    with open_registry() as session:
        key, token = issue(session, COMMAND_LINE, organization_id, draft, settings())
        facts = {"token": token.reveal(), **describe(key, chosen)}
        session.commit()
    if as_json:
        write_json(facts)
        return
    click.echo(facts["token"])
    click.echo(f"Issued {facts['name']} ({facts['keyId']}); it works until {facts['expiresAt']}. The token is shown only now.", err=True)


@keys.command("list")
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


@keys.command("revoke")
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


@keys.command("rotate")
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


@keys.command("disable")
@click.argument("key_id")
@AS_JSON
def disable_key(key_id: str, as_json: bool) -> None:
    """Stop an API key until it is enabled: its next request is refused."""
    with open_registry() as session:
        organization_id = organization_of(session, key_id)
        key = disable(session, COMMAND_LINE, organization_id, key_id)
        facts = {"keyId": key.id, "name": key.name, "organization": organization_id, "disabledAt": moment(key.disabled_at)}
        session.commit()
    say(facts, f"Disabled {facts['name']} ({key_id}).", as_json)


@keys.command("enable")
@click.argument("key_id")
@AS_JSON
def enable_key(key_id: str, as_json: bool) -> None:
    """Let an API key that was disabled work again, until the day it ends."""
    with open_registry() as session:
        organization_id = organization_of(session, key_id)
        key = enable(session, COMMAND_LINE, organization_id, key_id)
        facts = {"keyId": key.id, "name": key.name, "organization": organization_id, "expiresAt": moment(key.expires_at)}
        session.commit()
    say(facts, f"Enabled {facts['name']} ({key_id}); it works until {facts['expiresAt']}.", as_json)


@keys.command("freeze")
@click.argument("organization_id", metavar="ORGANIZATION", type=int)
@AS_JSON
def freeze_keys(organization_id: int, as_json: bool) -> None:
    """Stop all API keys of an organization, by its id, with one act: their next requests are refused."""
    with open_registry() as session:
        organization = freeze(session, COMMAND_LINE, organization_id)
        facts = {"organization": organization_id, "name": organization.name, "keysFrozen": True}
        session.commit()
    say(facts, f"All API keys of {facts['name']} are frozen.", as_json)


@keys.command("thaw")
@click.argument("organization_id", metavar="ORGANIZATION", type=int)
@AS_JSON
def thaw_keys(organization_id: int, as_json: bool) -> None:
    """Let the API keys of an organization that was frozen work again."""
    with open_registry() as session:
        organization = thaw(session, COMMAND_LINE, organization_id)
        facts = {"organization": organization_id, "name": organization.name, "keysFrozen": False}
        session.commit()
    say(facts, f"The API keys of {facts['name']} are thawed.", as_json)


def organization_of(session: Session, key_id: str) -> int:
    found = session.scalar(select(ApiKey.organization_id).where(ApiKey.id == key_id))
    if found is None:
        raise NotFound("There is no such API key.")
    return found


def unite(templates: Iterable[str], grants: Iterable[tuple[Permission, frozenset[int] | None]]) -> Grants:
    """What the templates grant, where no --grant says it otherwise; several --grant of one permission add up."""
    said: dict[Permission, frozenset[int] | None] = {}
    for permission, objects in grants:
        before = said.get(permission, frozenset())
        said[permission] = None if objects is None or before is None else objects | before
    chosen = {permission: None for name in templates for permission in TEMPLATES[name].permissions} | said
    if not chosen:
        raise click.UsageError("Say what the key may do, by --grant or --template.")
    return chosen


def describe(key: ApiKey, grants: Grants) -> dict[str, Any]:
    """The public facts of a key, in the words of the GraphQL schema."""
    return {
        "keyId": key.id,
        "name": key.name,
        "organization": key.organization_id,
        "expiresAt": moment(key.expires_at),
        "grants": describe_grants(grants),
    }


def state(key: ApiKey, organization: Organization) -> str:
    return state_of(
        expires_at=key.expires_at,
        disabled_at=key.disabled_at,
        revoked_at=key.revoked_at,
        frozen=organization.keys_frozen,
        organization_status=organization.status,
        at=now(),
    )


def moment(at: Any) -> str | None:
    return at.strftime(TIMESTAMP_FORM) if at else None


def say(facts: dict[str, Any], words: str, as_json: bool) -> None:
    """What an act did: facts on standard output, or words for a person."""
    if as_json:
        write_json(facts)
    else:
        click.echo(words, err=True)


def write_json(value: Any) -> None:
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


commands = (keys,)
