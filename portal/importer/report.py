"""The problems of an import as a file, one JSON object per line."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from portal.importer.refusal import Refused


class Report:
    """`count`: how many problems were written."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.count = 0

    def add(self, problem: dict[str, Any]) -> None:
        self.file.write(orjson.dumps(problem, option=orjson.OPT_APPEND_NEWLINE))
        self.count += 1


@contextmanager
def written_beside(path: Path) -> Iterator[BinaryIO]:
    """A file that only its owner can read and that takes its place when all went well. Raises Refused where it can't be made."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except OSError as error:
        raise Refused(f"{path} can't be written: {error.strerror}.") from error
    try:
        with file:
            yield file
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
