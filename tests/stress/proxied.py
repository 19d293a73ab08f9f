"""Trouble that comes through a proxy, which stands before the portal as docs/ says."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.docs.proxies import HOST, Proxy
from tests.stress.portals import Portal

StartProxy = Callable[[str, Path], AbstractContextManager[Proxy]]
Trouble = Callable[[Portal], AbstractContextManager[None]]


def through(start: StartProxy, trouble: Trouble) -> Trouble:
    """The trouble, with whoever asks and whoever disturbs at the proxy."""

    @contextmanager
    def proxied(portal: Portal) -> Iterator[None]:
        with tempfile.TemporaryDirectory() as name, start(portal.url, Path(name)) as proxy:
            portal.front = f"https://{HOST}:{proxy.port}"
            with trouble(portal):
                yield

    return proxied
