"""Where a SQLite database is."""

from pathlib import Path
from urllib.parse import unquote

from sqlalchemy import URL, make_url


def sqlite_path(url: str | URL) -> Path | None:
    """Returns the file of a SQLite database, or None for PostgreSQL."""
    parts = make_url(url)
    if parts.get_backend_name() != "sqlite" or not parts.database:
        return None
    name = parts.database
    return Path(unquote(name.removeprefix("file:")) if name.startswith("file:") else name)
