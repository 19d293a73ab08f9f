"""Ties a Guard to SQLAlchemy's engine: its connections are the guard's, and what its drivers raise becomes what the doors can answer."""

import sqlite3
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError

from portal.db.outages.causes import Cause, Distrusted, cause_of
from portal.db.outages.driver_connections import PostgresqlConnection, SqliteConnection
from portal.db.outages.guard import Guard, unavailable
from portal.db.session import engine_options
from portal.errors import OutcomeUnknown, PortalError
from portal.settings import Settings

GUARD = "guard"  # an execution option, and an argument of connections
COMMITS = "commits"  # of a connection that is told to commit
COMMAND_SECONDS = 10  # seconds that a command waits for each address of the server to take its connection
UNKNOWN = (
    "The connection to the database was lost while this was being saved, so it is unknown whether it was. "
    "Look at what is there before you do it again."
)


def guarded_options(settings: Settings) -> dict[str, Any]:
    """With these an engine has a guard, as in a portal that serves. Commands have none: they wait, and tell the driver's error."""
    options, guard = engine_options(settings), Guard()
    return {**options, "execution_options": {**options["execution_options"], GUARD: guard}, "connect_args": {GUARD: guard}}


def guard_of(engine: Engine) -> Guard:
    """The engine's guard, made for one that has none yet."""
    guard = engine.get_execution_options().get(GUARD)
    if guard is None:
        guard = Guard()
        engine.update_execution_options(**{GUARD: guard})
    return cast(Guard, guard)


@event.listens_for(Engine, "do_connect")
def connect(dialect: Dialect, _: Any, arguments: list[Any], options: dict[str, Any]) -> PostgresqlConnection | SqliteConnection | None:
    """None for a command, which connects in the driver's own way, only not for minutes."""
    guard: Guard | None = options.pop(GUARD, None)
    if guard is not None:
        return guard.connect(arguments, options)
    if dialect.name == "postgresql":
        options.setdefault("connect_timeout", COMMAND_SECONDS)
    return None


@event.listens_for(Engine, "checkout")
def check(connection: Any, _: Any, __: Any) -> None:
    """For SQLite, whose pool doesn't ask connections whether they work."""
    if isinstance(connection, SqliteConnection):
        connection.check()
        if connection.has_lost_file:
            raise DisconnectionError("the file was removed or replaced")


@event.listens_for(Engine, "commit")
def commit(connection: Connection) -> None:
    connection.info[COMMITS] = True


@event.listens_for(Engine, "begin")
def begin(connection: Connection) -> None:
    connection.info.pop(COMMITS, None)


@event.listens_for(Engine, "handle_error")
def refuse(context: ExceptionContext) -> PortalError | None:
    """What is raised instead of the driver's error. A connection that was lost in a COMMIT has an unknown outcome, in commands too."""
    if context.is_pre_ping:
        return None  # the pool connects anew
    connection, error = context.connection, context.original_exception
    options = connection.get_execution_options() if connection is not None else {}
    guard: Guard | None = options.get(GUARD) or (context.engine.get_execution_options().get(GUARD) if context.engine else None)
    refusal = None
    if guard is not None:
        is_hasty = options.get("hasty") and cause_of(error) is Cause.BUSY  # which its caller expects
        refusal = unavailable() if is_hasty else guard.refusal_of(error, reading=not options.get("writes"))
    if connection is not None and not isinstance(error, Distrusted) and is_lost(context) and connection.info.get(COMMITS):
        return OutcomeUnknown(UNKNOWN)
    if cause_of(error) is Cause.READ_ONLY:
        context.is_disconnect = True  # after a failover the next connection may lead to a server that writes
    return refusal


def is_lost(context: ExceptionContext) -> bool:
    """Whether nobody can know what became of the statement."""
    code = getattr(context.original_exception, "sqlite_errorcode", 0)
    return context.is_disconnect or code & 0xFF == sqlite3.SQLITE_IOERR


@event.listens_for(Engine, "engine_disposed")
def dispose(engine: Engine) -> None:
    guard: Guard | None = engine.get_execution_options().get(GUARD)
    if guard is not None:
        guard.close()
