"""A folder that the portal writes in: whether it can, and whether the disk has room."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

MEGABYTE = 1024 * 1024
MIN_FREE_BYTES = 256 * MEGABYTE
TRIAL_BYTES = 64 * 1024


def about_folder(folder: Path, database_bytes: int = 0) -> Iterator[str]:
    """`database_bytes`: of a SQLite file in it, of which migrations and backups make a copy there."""
    try:
        with TemporaryFile(dir=folder, prefix=".portal-check") as file:
            file.write(bytes(TRIAL_BYTES))
            file.flush()
    except OSError as error:
        yield (
            f"{folder} can't be written: {error.strerror}. Let the user that runs the portal write there, and see that the disk isn't full."
        )
        return
    free, needed = shutil.disk_usage(folder).free, MIN_FREE_BYTES + database_bytes
    if free < needed:
        yield (
            f"The disk of {folder} has {free // MEGABYTE:,} MB left, and should have {needed // MEGABYTE:,} MB: "
            "the database grows, and a migration copies it. Free some space, or use a larger disk."
        )
