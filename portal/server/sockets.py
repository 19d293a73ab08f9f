"""Sockets that the server listens on, and how many a process may have open."""

import resource
import socket
import stat
from pathlib import Path
from typing import Any

from portal.errors import ConfigurationError

BACKLOG = 2048
MAX_DESCRIPTORS = 65_536
SEND_BUFFER_BYTES = 256 * 1024  # of an answer, that the system takes off us for each connection before a client has read it
OPEN_TO_OWNER_AND_GROUP = 0o660


def listen(host: str, port: int) -> socket.socket:
    """Raises ConfigurationError where nothing can listen, or something already does."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return bind(socket.socket(family), address)
    except OSError as error:
        raise ConfigurationError(f"Can't listen on {bracketed(host)}:{port}: {error.strerror}. Choose another --port or --host.") from error


def listen_on_path(path: Path) -> socket.socket:
    """Replaces a socket that no one listens on any more. Raises ConfigurationError for one that is in use, and for what is no socket."""
    try:
        if path.exists() and stat.S_ISSOCK(path.stat().st_mode) and not in_use(path):
            path.unlink()
        listening = bind(socket.socket(socket.AF_UNIX), str(path))
        path.chmod(OPEN_TO_OWNER_AND_GROUP)
    except OSError as error:
        raise ConfigurationError(f"Can't listen on {path}: {error.strerror}. Choose another --socket.") from error
    return listening


def bind(listening: socket.socket, address: Any) -> socket.socket:
    """Returns the socket, or closes it and raises OSError."""
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def in_use(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def raise_descriptor_limit() -> int:
    """Lets this process open as many files and sockets as it may. Returns how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MAX_DESCRIPTORS)
    if soft == resource.RLIM_INFINITY or soft >= limit:
        return soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return limit
