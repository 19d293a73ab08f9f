"""Tells systemd, or whatever else waits in NOTIFY_SOCKET, that the portal answers (sd_notify(3))."""

import logging
import os
import socket

log = logging.getLogger(__name__)


def tell_ready() -> None:
    """Does nothing where no one waits; a service manager that has gone stops nothing."""
    name = os.environ.get("NOTIFY_SOCKET")
    if not name:
        return
    address = f"\0{name[1:]}" if name.startswith("@") else name  # one that has no file
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.sendto(b"READY=1", address)
    except OSError as error:
        log.warning("NOTIFY_SOCKET can't be told that the portal is ready: %s", error.strerror)
