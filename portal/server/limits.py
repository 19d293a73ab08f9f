"""What a connection may take: seconds, bytes, and places in a queue."""

from dataclasses import dataclass

KIB = 1024


@dataclass(frozen=True)
class Limits:
    """Seconds, bytes and counts, each for one worker or one connection of it."""

    head_seconds: float = 10  # from a head's first byte to its last
    body_seconds: float = 10  # to the last byte of a small body; longer ones get more time by `min_body_rate`
    min_body_rate: int = 16 * KIB  # bytes a second
    idle_seconds: float = 75  # a proxy reuses a connection for 60
    stalled_seconds: float = 30  # without a byte being taken of an answer
    linger_seconds: float = 2  # that the rest of a refused request is read and thrown away
    stop_seconds: float = 8  # for what is being answered when the server stops
    sweep_seconds: float = 0.5  # between two looks at all clocks
    max_head_bytes: int = 64 * KIB
    max_header_bytes: int = 8 * KIB
    max_body_bytes: int = 1024 * KIB
    max_discarded_bytes: int = 8 * 1024 * KIB  # of a longer body, which are read before it is refused
    max_bodies_bytes: int = 64 * 1024 * KIB  # of all requests that are being read or wait for a thread
    max_unread_bytes: int = 64 * 1024 * KIB  # of all answers that are not read yet
    max_pipelined: int = 16
    max_connections: int = 10_000
    max_waiting: int = 1_000  # requests in front of a lane's threads
    max_waiting_lines: int = 1_000  # of the log, which the event loop has to say
