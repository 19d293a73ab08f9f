"""`portal keys edit`."""

from typing import Any

import click
from sqlalchemy.orm import Session

from portal.access.permissions import GRANTABLE, Permission
from portal.access.principal import COMMAND_LINE
from portal.api_keys.difference import Terms, differences
from portal.api_keys.grants import grants_of
from portal.api_keys.lifecycle.draft import Draft, day_of, facts
from portal.api_keys.lifecycle.edit import edit
from portal.api_keys.lifecycle.load import load_key
from portal.api_keys.policy import read_policy
from portal.cli.context import open_registry
from portal.cli.keys.grant_option import GRANTS, add_up, find_objects
from portal.cli.keys.options import ADDRESS, AS_JSON, EXPIRES_IN, EXPIRES_ON, NEVER, last_day
from portal.cli.output import key_facts, say
from portal.models import ApiKey

PLAIN_FIELDS = {"name": "Name", "note": "Note", "notify_email": "Notify e-mail"}  # what needs no words about how far it goes


@click.command("edit")
@click.argument("key_id", metavar="KEY")
@click.option("--name", help="Unique among the organization's live keys.")
@click.option("--note", help="A note for the organization's members.")
@click.option("--notify", metavar="EMAIL", help="The e-mail address to notify about the key.")
@EXPIRES_IN
@EXPIRES_ON
@NEVER
@GRANTS
@click.option(
    "--revoke-grant",
    "revoked",
    type=click.Choice([grant.value for grant in GRANTABLE]),
    multiple=True,
    metavar="GRANT",
    help="As networks:read.",
)
@ADDRESS
@click.option("--any-address", is_flag=True, help="Works from everywhere.")
@click.option("--points", type=int, metavar="N", help="Points a minute.")
@click.option("--most-points", is_flag=True, help="As many points a minute as the organization's keys may have.")
@AS_JSON
def edit_key(key_id: str, as_json: bool, **said: Any) -> None:
    """Change an API key in place, and print the difference. Its token stays the same.

    --grant adds a grant, or chooses its objects anew; --address replaces all addresses.
    """
    refuse_contradictions(said)
    with open_registry() as session:
        key = load_key(session, COMMAND_LINE, key_id)
        policy = read_policy(session, key.organization_id)
        before, terms = facts(key), terms_of(key)
        draft = draft_of(session, key, said)
        changes = differences(terms, Terms(draft.expires_on, draft.grants, draft.addresses, draft.points), policy, {})
        key = edit(session, COMMAND_LINE, key.organization_id, key_id, draft, seen=key.changed)
        after = facts(key)
        difference = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        answer = {**key_facts(key), "changes": difference}
        session.commit()
    plain = [f"{word}: {difference[name][1]}" for name, word in PLAIN_FIELDS.items() if name in difference]
    words = "\n".join([*plain, *(change.says for change in changes)])
    say(answer, f"Changed {answer['name']} ({key_id}).\n{words}" if difference else "Nothing changed: the key was like that.", as_json)


def refuse_contradictions(said: dict[str, Any]) -> None:
    if not any(value not in (None, (), False) for value in said.values()):
        raise click.UsageError("Say what to change.")
    if said["addresses"] and said["any_address"]:
        raise click.UsageError("Say --address or --any-address, not both.")
    if said["points"] is not None and said["most_points"]:
        raise click.UsageError("Say --points or --most-points, not both.")
    if both := {permission.value for permission, _ in said["grants"]}.intersection(said["revoked"]):
        raise click.UsageError(f"Say --grant or --revoke-grant of {', '.join(sorted(both))}, not both.")
    last_day(said["expires_in"], said["expires_on"], said["never"], None)


def terms_of(key: ApiKey) -> Terms:
    return Terms(day_of(key.expires_at), grants_of(key), list(key.addresses), key.points)


def draft_of(session: Session, key: ApiKey, said: dict[str, Any]) -> Draft:
    """The key as it is, with what was said otherwise."""
    grants = grants_of(key) | dict(find_objects(session, key.organization_id, add_up(said["grants"])))
    revoked = set(map(Permission, said["revoked"]))
    return Draft(
        name=key.name if said["name"] is None else said["name"],
        notify_email=key.notify_email if said["notify"] is None else said["notify"],
        expires_on=last_day(said["expires_in"], said["expires_on"], said["never"], day_of(key.expires_at)),
        note=key.note if said["note"] is None else said["note"],
        grants={permission: objects for permission, objects in grants.items() if permission not in revoked},
        addresses=[] if said["any_address"] else list(said["addresses"] or key.addresses),
        points=None if said["most_points"] else said["points"] if said["points"] is not None else key.points,
    )
