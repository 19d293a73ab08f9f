"""Which statements a database is sent, as the drivers tell: of automation's snapshots as of everything else."""

from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from portal.db.reader import pool_of

FRAME = ("BEGIN", "ROLLBACK", "COMMIT", "SET LOCAL")


class Watch:
    """Between begin() and end(), `seen` collects what runs, except what begins, sets up and ends a transaction."""

    def __init__(self, engine: Engine) -> None:
        self.seen: list[str] = []
        self.engine, self.pool = engine, pool_of(engine)
        self.connection = self.pool.take()  # which is the one that a request takes next

    def begin(self) -> None:
        event.listen(self.engine, "before_cursor_execute", self.sent)
        self.tell(self.note)
        self.pool.give(self.connection)

    def end(self) -> None:
        event.remove(self.engine, "before_cursor_execute", self.sent)
        self.tell(None)

    def note(self, statement: str) -> None:
        if not statement.startswith(FRAME):
            self.seen.append(statement)

    def sent(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.note(statement)

    def tell(self, note: Callable[[str], None] | None) -> None:
        """Makes the connection call this with each statement; None: no longer."""
        if isinstance(self.connection, psycopg.Connection):
            self.connection.cursor_factory = telling(note) if note else psycopg.Cursor
        else:
            self.connection.set_trace_callback(note)


def telling(note: Callable[[str], None]) -> type[psycopg.Cursor[Any]]:
    class Telling(psycopg.Cursor[Any]):
        def execute(self, query: Any, *rest: Any, **options: Any) -> Any:
            note(str(query))
            return super().execute(query, *rest, **options)

    return Telling
