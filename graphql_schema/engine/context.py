"""What resolvers and the engine have of the request: who sent it, and the one snapshot that everything is read from."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from graphql_schema.engine.transaction import Transaction
from portal.access.principal import Principal
from portal.access.visibility import Visibility, bound_values, visibility_of
from portal.db.reader import SessionSnapshot, Snapshot
from portal.limits.charge import Charge
from portal.registry.read.queries import counting
from portal.registry.read.statements import Reader
from portal.registry.types import TYPES


@dataclass
class Context:
    """`expires_at` is the key's, for `viewer`. `expected`: the points that the request will cost, estimated before anything is read.

    `operation`: its name, once the document was read. `known_epoch`: the registry's, where it came with the key. `values`: what visibility
    binds. `transaction`: of the mutation field that runs, if any; `acts_kept`: how many were committed before it.
    """

    principal: Principal
    snapshot: Snapshot
    charge: Charge
    expires_at: datetime | None = None
    request_id: str = ""
    known_epoch: int | None = None
    expected: int = 1
    operation: str | None = None
    transaction: Transaction | None = None
    acts_kept: int = 0
    visibility: Visibility = field(init=False)
    values: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.visibility, self.values = visibility_of(self.principal), bound_values(self.principal)

    @contextmanager
    def in_transaction(self) -> Iterator[None]:
        """For the block there is a transaction, in which all is read. One that isn't ended is rolled back."""
        snapshot, self.transaction = self.snapshot, Transaction(self.snapshot.engine)
        with self.transaction.session as session:
            self.read_by(SessionSnapshot(session))
            try:
                yield
            finally:
                self.acts_kept += self.transaction.committed
                self.transaction = None
                self.read_by(snapshot)

    @property
    def act(self) -> Transaction:
        """The transaction of the mutation field that runs."""
        if self.transaction is None:
            raise LookupError("no mutation runs")
        return self.transaction

    def read_by(self, snapshot: Snapshot) -> None:
        """What follows is read in another snapshot."""
        self.snapshot = snapshot
        self.__dict__.pop("reader", None)

    @cached_property
    def reader(self) -> Reader:
        return Reader(self.snapshot, self.visibility, self.values)

    @property
    def epoch(self) -> int:
        """The registry's, which cursors of changes hold."""
        return self.snapshot.epoch() if self.known_epoch is None else self.known_epoch

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Tag → how many rows of the type the principal sees, counted once for a request."""
        return dict(zip(TYPES, self.reader.rows(counting)[0], strict=True))
