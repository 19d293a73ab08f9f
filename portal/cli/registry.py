"""The registry as a whole: `migrate` makes or upgrades its database, `demo` fills an empty one with an invented registry."""

import click
from alembic import command

from portal.api_keys.peppers import check_peppers
from portal.app import create_app
from portal.cli.opening import check_not_newer, configuration
from portal.extensions import db, settings


@click.command()
def migrate() -> None:
    """Make the database, or upgrade it to this release.

    Says nothing when all is well. It can be repeated, and refuses a database that a newer release has upgraded.
    """
    with create_app().app_context():
        check_not_newer()
        command.upgrade(configuration(), "head")
        check_peppers(db.session(), settings().peppers)


commands = (migrate,)
