"""The real portal, served with the demo's records and asked with a key that may read everything, for suites of others."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from portal.access.permissions import GRANTABLE
from tests.commands import local
from tests.demo import NORTHLIGHT
from tests.server import served


@dataclass(frozen=True)
class Portal:
    """Where it answers, and the token of the key."""

    url: str
    token: str = field(repr=False)


@contextmanager
def served_portal(folder: Path) -> Iterator[Portal]:
    """Until the block ends; the folder's `data` are a demo's."""
    command = local(folder)
    reading = [grant for permission in sorted(GRANTABLE) if permission.endswith(":read") for grant in ("--grant", permission)]
    about = ("--organization", NORTHLIGHT, "--name", "suites", "--notify", "noc@example.net")
    token = command.ok("keys", "issue", *about, *reading).out.strip()
    with served(command) as server:
        yield Portal(server.url, token)
