"""The data folder: for its owner alone, and writable."""

from collections.abc import Iterator

from portal.cli.check.folders import about_folder
from portal.cli.check.sqlite_file import path_of
from portal.settings import Settings

GROUP_AND_OTHERS = 0o077  # bits of a file's mode


def about_data_folder(settings: Settings) -> Iterator[str]:
    """A production portal on PostgreSQL needs none."""
    for path, mode in ((settings.data, "700"), (settings.data / "secrets.json", "600")):
        if path.exists() and path.stat().st_mode & GROUP_AND_OTHERS:
            yield f"{path} can be opened by others. Run: chmod {mode} {path}"
    file = path_of(settings)
    if settings.data.exists() and (file is None or file.parent != settings.data):
        yield from about_folder(settings.data)
