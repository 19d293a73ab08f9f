"""Turns at checking passwords: it takes a quarter of a second of a processor, so that a crowd of it would leave nothing for others."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from portal.errors import Unavailable

MAX_AT_ONCE = 2  # in a process
MAX_WAITING = 1  # beside them; with MAX_AT_ONCE fewer than there are threads for pages, so that some are left for other pages
places = BoundedSemaphore(MAX_AT_ONCE + MAX_WAITING)
turns = BoundedSemaphore(MAX_AT_ONCE)


@contextmanager
def place_in_queue() -> Iterator[None]:
    """Waits for nothing. Raises Unavailable where too many wait already."""
    if not places.acquire(blocking=False):
        raise Unavailable("Too many passwords are being checked at this moment. Nothing was done. Try again in some seconds.")
    try:
        yield
    finally:
        places.release()
