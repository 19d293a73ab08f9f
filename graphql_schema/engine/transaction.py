"""The transaction of one mutation field: what it answers is read on the connection that wrote, before the commit."""

from time import monotonic

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.errors import TooSlow

MAX_LOCK_SECONDS = 2  # that one field may keep all other writers waiting


class LockedTooLong(TooSlow):
    """Others had to wait for too long."""

    code = "TOO_SLOW"


class Transaction:
    """`rolled_back`: nothing of it is kept, because it was a dry run or broke a rule; `committed`: whether it was kept."""

    def __init__(self, engine: Engine) -> None:
        self.session = Session(engine)
        self.rolled_back = self.committed = False

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
            self.committed = True
