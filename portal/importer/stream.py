"""A dump's bytes, plain or gzip, as UTF-8 text in pieces: read once from front to back, so that a pipe will do."""

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from portal.errors import Invalid

PIECE_BYTES = 256 * 1024
GZIP = b"\x1f\x8b"


class Counted(io.RawIOBase):
    """Passes bytes on, counts them and takes their digest."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.count = 0
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self.stream.read(len(buffer))
        buffer[: len(piece)] = piece
        self.count += len(piece)
        self.digest.update(piece)
        return len(piece)


class Source:
    """`count` and `digest` speak of the file's own bytes; all positions count bytes of the text in it."""

    def __init__(self, stream: BinaryIO) -> None:
        self.counted = Counted(stream)
        buffered = io.BufferedReader(self.counted, PIECE_BYTES)
        self.packed = buffered.peek(len(GZIP))[: len(GZIP)] == GZIP
        self.stream = cast(BinaryIO, gzip.GzipFile(fileobj=buffered)) if self.packed else buffered

    @property
    def count(self) -> int:
        return self.counted.count

    @property
    def digest(self) -> str:
        return self.counted.digest.hexdigest()

    def pieces(self) -> Iterator[str]:
        """Raises Refused for damaged gzip and for what isn't UTF-8."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        done = 0
        while True:
            piece = self.read(done)
            waiting = len(decoder.getstate()[0])
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                raise DumpRefused(f"Byte {done - waiting + error.start:,}: this isn't UTF-8.") from error
            if not piece:
                return
            done += len(piece)
            yield text

    def read(self, done: int) -> bytes:
        try:
            return self.stream.read(PIECE_BYTES)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DumpRefused(f"The gzip file is damaged or cut short after {done:,} bytes of its text ({error}).") from error


class DumpRefused(Invalid):
    """The file can't be taken as it is, and nothing was changed; the message says where and why."""
