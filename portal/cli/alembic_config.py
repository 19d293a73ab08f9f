"""Alembic, which only those need who change a database's tables: it would take a tenth of a server's start, and memory of each worker."""

from alembic.config import Config

from portal.cli.context import MIGRATIONS


def configuration() -> Config:
    """For Alembic's commands, in a context that has the database."""
    found = Config(MIGRATIONS / "alembic.ini")
    found.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return found
