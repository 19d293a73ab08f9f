"""What resolvers and the engine know of the request: who asks, and the one snapshot that everything is read from."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Engine

from portal.access import Principal
from portal.database import snapshot
from portal.directory.reading import counts
from portal.directory.sight import Sight, sight_of, values


class Snapshot:
    """The request's one connection, opened when first something is read: a document that is refused costs none."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.stack = ExitStack()

    @cached_property
    def connection(self) -> Connection:
        return self.stack.enter_context(snapshot(self.engine))

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(self, *error: Any) -> None:
        self.stack.__exit__(*error)


@dataclass
class Context:
    """`expires_at` is the key's, for `viewer`."""

    principal: Principal
    snapshot: Snapshot
    expires_at: datetime | None = None
    request_id: str = ""
    sight: Sight = field(init=False)
    values: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.sight, self.values = sight_of(self.principal), values(self.principal)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Tag → how many rows of the type the principal sees, counted once for a request."""
        return counts(self.snapshot.connection, self.principal)
