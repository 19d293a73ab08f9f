"""The registry as a whole: `migrate` makes or upgrades its database, `demo` fills an empty one with an invented registry."""

import click

from portal.access.principal import COMMAND_LINE
from portal.cli.context import open_registry
from portal.cli.make_database import make_database, make_local_database
from portal.demo.build import build, has_organizations
from portal.extensions import settings
from portal.settings import read


@click.command()
def migrate() -> None:
    """Make the database, or upgrade it to this release.

    An upgrade copies a SQLite database first, and says where the copy is; of a PostgreSQL database, make a dump with pg_dump before. When a
    migration fails, the database stays as it was. The command can be repeated, and refuses a database that a newer release has upgraded.
    """
    make_database(read())


@click.command()
@click.option("--if-empty", is_flag=True, help="Do nothing, and end well, when the registry has organizations already.")
@click.option("--url", default=None, help="The address to name for signing in, where it isn't PORTAL_PUBLIC_URL.")
def demo(if_empty: bool, url: str | None) -> None:
    """Fill an empty registry with invented records.

    These are organizations, networks, exchanges, people and API keys. Needs PORTAL_ALLOW_DOCUMENTATION=1. Prints the demo admin's random
    password once. In local mode it makes the database where there is none.
    """
    make_local_database()
    with open_registry() as session:
        if if_empty and has_organizations(session):
            return
        admin = build(session, COMMAND_LINE)
        address = url or settings().public_url
        session.commit()
    click.echo(f"Sign in at {address} as {admin.email} with {admin.password}; it is shown only now.")


commands = (migrate, demo)
