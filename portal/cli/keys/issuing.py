"""`portal keys issue`."""

from datetime import timedelta

import click

from portal.access import COMMAND_LINE
from portal.api_keys.life import Draft, issue
from portal.api_keys.templates import TEMPLATES
from portal.cli.keys.options import AS_JSON, ORGANIZATION, Grant, unite
from portal.cli.keys.saying import describe, write_json
from portal.cli.opening import open_registry
from portal.database import now
from portal.extensions import settings
from portal.permissions import Permission


@click.command("issue")
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
