"""The transaction of one mutation field: what it answers is read on the connection that wrote, before the commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from sqlalchemy.orm import Session

from graphql_schema.engine.context import Context
from portal.db.reader import SessionSnapshot, Snapshot
from portal.errors import TooSlow

MAX_LOCK_SECONDS = 2  # that one field may keep all other writers waiting


class LockedTooLong(TooSlow):
    """Others had to wait for too long."""

    code = "TOO_SLOW"


class Transaction:
    """`rolled_back`: nothing of it is kept, because it was a dry run or broke a rule."""

    def __init__(self, context: Context) -> None:
        self.context, self.session = context, Session(context.snapshot.engine)
        self.rolled_back = False

    def end(self) -> None:
        """Commits or rolls back. Raises LockedTooLong, with nothing done, for what held the registry's lock for too long."""
        locked_at = self.session.info.get("locked_at")
        if self.rolled_back:
            self.session.rollback()
        elif locked_at is not None and monotonic() - locked_at > MAX_LOCK_SECONDS:
            self.session.rollback()
            raise LockedTooLong(
                f"This kept others from writing for more than {MAX_LOCK_SECONDS} s. Nothing of it was done. Send it in parts."
            )
        else:
            self.session.commit()
            self.context.acts_kept += 1


@contextmanager
def begin_transaction(context: Context) -> Iterator[None]:
    """For the block, the context has a transaction, and reads in it. One that isn't ended is rolled back."""
    snapshot: Snapshot = context.snapshot
    transaction = Transaction(context)
    with transaction.session:
        context.transaction = transaction
        context.read_by(SessionSnapshot(transaction.session))
        try:
            yield
        finally:
            context.transaction = None
            context.read_by(snapshot)
