"""The size of what one request leaves for the next: documents, plans and statements. It is bounded, because strangers choose them."""

from dataclasses import dataclass

# Measured: of a document, or of a plan for it, by its text; of a prepared statement by its own.
BYTES_PER_CHARACTER, BYTES_PER_SQL_CHARACTER = 250, 8


@dataclass
class CacheSize:
    """An estimate in bytes. Beyond `max_bytes` everything is forgotten at once: what clients often send is soon cached again."""

    max_bytes: int
    used_bytes: int = 0

    @property
    def is_exceeded(self) -> bool:
        return self.used_bytes > self.max_bytes

    def add(self, number: int) -> None:
        self.used_bytes += number


CACHE_SIZE = CacheSize(64 * 1024 * 1024)
