"""Alembic's configuration, apart from the rest: loading Alembic would take a tenth of a server's start, and memory of each worker."""

from alembic.config import Config

from portal.cli.context import MIGRATIONS


def configuration() -> Config:
    """For Alembic's commands, in a context that has the database."""
    config = Config(MIGRATIONS / "alembic.ini")
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
