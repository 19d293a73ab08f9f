"""What this release makes of a database: its migrations, and the one that a database has."""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

MIGRATIONS = Path(__file__).parents[1] / "migrations"


@cache
def migrations() -> frozenset[str]:
    """Returns the numbers of this release's migrations, which their files begin with."""
    return frozenset(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def read_migration(connection: Connection) -> str | None:
    """Returns the migration that the database has, or None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    migration: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return migration
