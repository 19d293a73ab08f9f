"""`portal keys issue`."""

from datetime import datetime, timedelta

import click

from portal.access.principal import COMMAND_LINE
from portal.api_keys.grants import grants_of
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.lifecycle.load import load_key
from portal.api_keys.policy import read_policy
from portal.api_keys.templates import TEMPLATES
from portal.cli.context import open_registry
from portal.cli.ids import ORGANIZATION
from portal.cli.keys.grant_option import GRANTS, GivenGrant, find_objects, unite
from portal.cli.keys.options import ADDRESS, AS_JSON, EXPIRES_IN, EXPIRES_ON, NEVER, last_day
from portal.cli.output import key_facts, until, write_json
from portal.db.session import now


@click.command("issue")
@ORGANIZATION
@click.option("--name", required=True, help="What the key is for; unique among the organization's live keys.")
@click.option("--notify", required=True, metavar="EMAIL", help="The e-mail address to notify about the key.")
@GRANTS
@click.option("--template", "templates", type=click.Choice(list(TEMPLATES)), multiple=True, help="A ready choice of grants.")
@click.option("--copy-from", "copied_id", metavar="KEY", help="Copy the grants, addresses and points of another key, unless given here.")
@EXPIRES_IN
@EXPIRES_ON
@NEVER
@ADDRESS
@click.option("--points", type=int, metavar="N", help="Points a minute; without it as many as the organization's keys may have.")
@click.option("--note", default="", help="A note for the organization's members.")
@AS_JSON
def issue_key(
    organization_id: int,
    name: str,
    notify: str,
    grants: tuple[GivenGrant, ...],
    templates: tuple[str, ...],
    copied_id: str | None,
    expires_in: int | None,
    expires_on: datetime | None,
    never: bool,
    addresses: tuple[str, ...],
    points: int | None,
    note: str,
    as_json: bool,
) -> None:
    """Create an API key and print its token.

    This is the only time it is shown. Give at least one --grant, --template or --copy-from; the first two can be given several times.
    Without --expires-in, --expires-on or --never it works for 365 days, or as long as the organization's policy allows.
    """
    if copied_id is None:
        unite(templates, grants)  # complains before anything is opened
    with open_registry() as session:
        copied = load_key(session, COMMAND_LINE, copied_id, organization_id) if copied_id else None
        chosen = find_objects(session, organization_id, unite(templates, grants, grants_of(copied) if copied else None))
        if copied:
            addresses, points = addresses or tuple(copied.addresses), points or copied.points
        default = now().date() + timedelta(days=read_policy(session, organization_id).default_days)
        day = last_day(expires_in, expires_on, never, default)
        draft = Draft(name, notify, day, note, chosen, addresses, points)
        key, token = issue(session, COMMAND_LINE, organization_id, draft)
        facts = {"token": token.reveal(), **key_facts(key)}
        session.commit()
    if as_json:
        write_json(facts)
        return
    click.echo(facts["token"])
    click.echo(f"Created {facts['name']} ({facts['keyId']}); it works {until(facts['expiresAt'])}. The token is shown only now.", err=True)
