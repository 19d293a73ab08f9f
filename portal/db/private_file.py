"""A file for its owner alone that is there whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.errors import Conflict

OWNER_ONLY = 0o600
HALF = ".partial"  # what the name of an unfinished file ends with


@contextmanager
def private_file(path: Path) -> Iterator[Path]:
    """Gives an empty file beside the path, which takes the path's name once the block has filled it, and is on the disk by then.

    Raises Conflict where the path is taken: nothing is ever overwritten. Who is killed leaves a file whose name ends with `.partial`.
    """
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}{HALF}")
    refuse_taken(path)
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
    try:
        yield draft
        sync(draft)
        try:
            os.link(draft, path)  # unlike a rename it replaces nothing
        except FileExistsError:
            refuse_taken(path)
    finally:
        draft.unlink(missing_ok=True)
    sync(path.parent)


def refuse_taken(path: Path) -> None:
    if os.path.lexists(path):
        raise Conflict(f"{path} is there already, and a backup overwrites nothing. Choose another name.")


def sync(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
