"""A SQLite database is for its owner alone: its file is made so, and SQLite gives the files beside it the same mode."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Dialect, Engine, event

from portal.db.private_file import OWNER_ONLY
from portal.db.sqlite_path import sqlite_path

FOLDER_OF_OWNER, GROUP_AND_OTHERS = 0o700, 0o077
IN_MEMORY = ":memory:"
ENDINGS = ("", "-wal", "-shm", "-journal")


def open_to_others(path: Path) -> bool:
    """Whether there is something that other users of the machine than its owner may read, write or enter."""
    return path.exists() and bool(path.stat().st_mode & GROUP_AND_OTHERS)


def open_files(path: Path) -> list[Path]:
    """Returns what others may read or write of the database in this file."""
    return [file for ending in ENDINGS if open_to_others(file := path.with_name(path.name + ending))]


def make_private(path: Path) -> None:
    """Makes the database's folder where there is none, and takes from others what they may do with its files.

    What belongs to another user stays as it is: `portal check` tells it. Raises OSError where no folder can be made.
    """
    path.parent.mkdir(mode=FOLDER_OF_OWNER, parents=True, exist_ok=True)
    for file in open_files(path):
        with suppress(PermissionError):
            file.chmod(OWNER_ONLY)


@event.listens_for(Engine, "do_connect")
def make_file(dialect: Dialect, _: Any, arguments: Sequence[Any], options: Mapping[str, Any]) -> None:
    """Where there is none. What keeps it from being made keeps SQLite, too, which says so.

    A portal that serves has had one: if that is gone, the guard among its `options` refuses to go on without.
    """
    if "guard" in options and options["guard"].has_connected:
        return
    name = str(arguments[0]) if dialect.name == "sqlite" and arguments else IN_MEMORY
    path = sqlite_path(URL.create("sqlite", database=name.partition("?")[0] if name.startswith("file:") else name))
    if name != IN_MEMORY and path is not None and not path.exists():
        with suppress(OSError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
