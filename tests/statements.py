"""Which statements a database is sent, as the drivers tell: of automation's snapshots as of everything else."""

from typing import Any

import psycopg
from sqlalchemy import Engine, event

from portal.snapshots import pool_of

FRAME = ("BEGIN", "ROLLBACK", "COMMIT", "SET LOCAL")


class Watch:
    """Between begin() and end(), `seen` collects what runs, except what begins, sets up and ends a transaction."""

    def __init__(self, engine: Engine) -> None:
        self.seen: list[str] = []
        watched: tuple[tuple[Any, str, Any], ...] = (
            (engine, "before_cursor_execute", self.sent),
            (pool_of(engine), "checkout", self.lent),
            (pool_of(engine), "checkin", self.returned),
        )
        self.listeners = watched

    def begin(self) -> None:
        for listener in self.listeners:
            event.listen(*listener)

    def end(self) -> None:
        for listener in self.listeners:
            event.remove(*listener)

    def note(self, statement: str) -> None:
        if not statement.startswith(FRAME):
            self.seen.append(statement)

    def sent(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.note(statement)

    def lent(self, connection: Any, *_: Any) -> None:
        if isinstance(connection, psycopg.Connection):
            connection.cursor_factory = telling(self)
        else:
            connection.set_trace_callback(self.note)

    def returned(self, connection: Any, *_: Any) -> None:
        if isinstance(connection, psycopg.Connection):
            connection.cursor_factory = psycopg.Cursor
        else:
            connection.set_trace_callback(None)


def telling(watch: Watch) -> type[psycopg.Cursor[Any]]:
    class Telling(psycopg.Cursor[Any]):
        def execute(self, query: Any, *rest: Any, **options: Any) -> Any:
            watch.note(str(query))
            return super().execute(query, *rest, **options)

    return Telling
