"""The data folder: for its owner alone, and writable."""

from collections.abc import Iterator

from portal.cli.check.folders import about_folder
from portal.db.file_modes import open_to_others
from portal.db.sqlite_path import sqlite_path
from portal.settings import Settings


def about_data_folder(settings: Settings) -> Iterator[str]:
    """A production portal on PostgreSQL needs none."""
    for path, mode in ((settings.data, "700"), (settings.data / "secrets.json", "600")):
        if open_to_others(path):
            yield f"{path} can be opened by others. Run: chmod {mode} {path}"
    file = sqlite_path(settings.database_url)
    if settings.data.exists() and (file is None or file.parent != settings.data):
        yield from about_folder(settings.data)
