"""PostgreSQL's part: pg_dump, pg_restore and psql, which read and write a database as PostgreSQL's makers mean it."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import InsufficientPrivilege
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import make_url

from portal.db.base import UNFINISHED_RESTORE
from portal.errors import ConfigurationError, Conflict

MAGIC = b"PGDMP"
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid != pg_backend_pid() AND usename IS NOT NULL"


class MayNotCreate(Conflict):
    """The role of the database may not create others."""


def write_dump(url: str, draft: Path) -> None:
    """Fills the draft with what was committed when it began: writers go on meanwhile."""
    with tempfile.TemporaryFile() as said, start("pg_dump", "--format=custom", f"--file={draft}", *target(url), said=said, url=url) as dump:
        finish(dump, "pg_dump", said)


def read_migration(file: Path) -> str | None:
    """Returns the migration of the registry that the file holds, None where it holds none. Raises ConfigurationError for a damaged file."""
    arguments = ("--data-only", "--table=alembic_version", "--file=-", str(file))
    with tempfile.TemporaryFile() as said, start("pg_restore", *arguments, said=said, stdout=subprocess.PIPE) as listing:
        lines = listing.stdout.read().decode().splitlines()
        finish(listing, "pg_restore", said)
    copied = [number for number, line in enumerate(lines) if line.startswith("COPY ")]
    return lines[copied[0] + 1] if copied else None


def load(file: Path, url: str, tables: Sequence[str] = ()) -> None:
    """Puts the file's registry in the place of these tables, in one transaction: a kill leaves what was there.

    It is marked as unfinished until begin_epoch() has committed. Raises ConfigurationError with what a program said.
    """
    names = SQL(", ").join(map(Identifier, tables)).as_string(None)
    begin = f"BEGIN;\nDROP TABLE IF EXISTS {names} CASCADE;\n" if tables else "BEGIN;\n"
    end = f"CREATE TABLE IF NOT EXISTS public.{UNFINISHED_RESTORE} (since timestamptz DEFAULT now());\nCOMMIT;\n"
    script = ("--no-owner", "--no-privileges", "--no-comments", "--file=-", str(file))
    with tempfile.TemporaryFile() as restored, tempfile.TemporaryFile() as loaded:
        options = ("-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-", *target(url))
        with (
            start("psql", *options, said=loaded, url=url, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as psql,
            start("pg_restore", *script, said=restored, stdout=subprocess.PIPE) as lines,
        ):
            try:
                psql.stdin.write(begin.encode())
                shutil.copyfileobj(lines.stdout, psql.stdin)
                finish(lines, "pg_restore", restored)
                psql.stdin.write(end.encode())  # not before all of it was there: without COMMIT nothing has happened
                psql.stdin.close()
            except BrokenPipeError:
                lines.terminate()
            finish(psql, "psql", loaded)


@contextmanager
def scratch_database(url: str) -> Iterator[str]:
    """Gives the URL of an empty database that goes away with the block. Raises MayNotCreate where the role may not create one."""
    name = f"portal_rehearsal_{secrets.token_hex(4)}"
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        try:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        except InsufficientPrivilege:
            raise MayNotCreate("The database role may not create databases, which a rehearsal needs. Run: ALTER ROLE … CREATEDB") from None
        try:
            yield make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def refuse_shared(url: str) -> None:
    """Raises Conflict while others are connected to the database."""
    with psycopg.connect(conninfo(url)) as connection:
        row = connection.execute(OTHERS).fetchone()
    if row and row[0]:
        raise Conflict(f"The database has {row[0]} other connections. Stop the portal and its commands, and try again.")


def start(program: str, *arguments: str, said: IO[bytes], url: str = "", **streams: Any) -> Any:
    """Starts a program. Its password is in the environment, which others can't read, unlike its arguments."""
    path = shutil.which(program)
    if path is None:
        raise ConfigurationError(
            f"{program} isn't installed. Install PostgreSQL's client programs (Debian's package postgresql-client), as new as the server."
        )
    password = conninfo_to_dict(conninfo(url)).get("password") if url else None
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    streams = {"stdin": subprocess.DEVNULL, "stderr": said, **streams}
    return subprocess.Popen([path, *arguments], env=environment, **streams)  # noqa: S603 - the three programs above


def finish(process: Any, program: str, said: IO[bytes]) -> None:
    """Waits for the program. Raises ConfigurationError with its first line where it failed."""
    if process.wait():
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines() or [f"it ended with {process.returncode}"]
        raise ConfigurationError(f"{program} failed: {lines[0].removeprefix(f'{program}: ')}")


def target(url: str) -> tuple[str, ...]:
    facts: dict[str, Any] = {name: value for name, value in conninfo_to_dict(conninfo(url)).items() if name != "password"}
    return ("--no-password", f"--dbname={make_conninfo(**facts)}")


def conninfo(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
