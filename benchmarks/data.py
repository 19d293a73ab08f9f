"""The registry of full size on both engines, made once and kept in a folder: the invented dump, imported, and 2,000 organizations' keys."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks import generate
from benchmarks.postgraphile import COMMON_EXCHANGES
from portal.access.principal import COMMAND_LINE
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.templates import TEMPLATES
from portal.api_keys.usage import note_first_use
from portal.app import create_app
from portal.db.session import now
from portal.extensions import db
from portal.settings import read
from tests.needs import postgresql_programs
from tests.postgresql import PostgresqlServer

HOUSE = Path(__file__).parents[1]
KEYS = 2_000  # of as many organizations, so that no key's limit is met
GRANTS = dict.fromkeys(TEMPLATES["find-peers"].permissions)
DATABASE, RIVAL = "registry", "rival"
# What PostGraphile would otherwise have to be told by rules of its own is not there for it.
FOR_RIVALS = ("DELETE FROM contact WHERE visible = 'Private'", "VACUUM ANALYZE", COMMON_EXCHANGES)


@dataclass(frozen=True)
class Registry:
    """A database, the tokens that work on it, and the process that serves it, if it has one of its own."""

    folder: Path
    url: str
    tokens: list[str]
    server: int | None = None

    @property
    def environ(self) -> dict[str, str]:
        return environment(self.folder, self.url)


def environment(folder: Path, url: str) -> dict[str, str]:
    """Production settings with secrets of no worth, as the portal would be served."""
    worthless = "benchmark" * 4
    secrets = dict.fromkeys(("PORTAL_SECRET_KEY", "PORTAL_AUDIT_KEY"), worthless) | {"PORTAL_PEPPERS": f"1:{worthless}"}
    named = {"PORTAL_DATA": str(folder), "PORTAL_DATABASE_URL": url, "PORTAL_PUBLIC_URL": "http://127.0.0.1:8000"}
    return {**os.environ, "PYTHONPATH": str(HOUSE), **secrets, **named}


def kept_in(cache: Path) -> Path:
    """The folder of these very data: another generator, other migrations or other keys make another folder."""
    made_by = [Path(generate.__file__), *sorted((HOUSE / "portal" / "migrations" / "versions").glob("*.py"))]
    keys = f"{KEYS} {sorted(GRANTS)}".encode()
    folder = cache / hashlib.sha256(b"".join([keys, *(path.read_bytes() for path in made_by)])).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def on_sqlite(cache: Path) -> Registry:
    folder = kept_in(cache)
    path, tokens = folder / "registry.sqlite3", folder / "sqlite.json"
    if not tokens.exists():
        path.unlink(missing_ok=True)
        fill(folder, f"sqlite:///{path}", tokens)
    return Registry(folder, f"sqlite:///{path}", json.loads(tokens.read_text()))


@contextmanager
def on_postgresql(cache: Path) -> Iterator[Registry | None]:
    """In a server that ends with the block, beside a copy for PostGraphile; None where its programs aren't installed."""
    folder, programs = kept_in(cache), postgresql_programs()
    if programs is None:
        yield None
        return
    server = PostgresqlServer(programs)
    with server.running():
        server.execute(f"CREATE DATABASE {DATABASE}")
        restore(server, folder)
        server.execute(f"CREATE DATABASE {RIVAL} TEMPLATE {DATABASE} STRATEGY FILE_COPY")
        for statement in FOR_RIVALS:
            client(server, "psql", "-q", "-c", statement, RIVAL)
        tokens = json.loads((folder / "postgresql.json").read_text())
        process = int((server.cluster / "postmaster.pid").read_text().split()[0])
        yield Registry(folder, server.url(DATABASE), tokens, process)


def restore(server: PostgresqlServer, folder: Path) -> None:
    """Restores what an earlier run has kept, or fills the database and keeps it."""
    kept, tokens = folder / "registry.pgdump", folder / "postgresql.json"
    if tokens.exists():
        client(server, "pg_restore", "-d", DATABASE, "-j", "2", str(kept))
    else:
        fill(folder, server.url(DATABASE), tokens, keep=lambda: client(server, "pg_dump", "-Fc", "-Z1", "-f", str(kept), DATABASE))
    client(server, "psql", "-q", "-c", "VACUUM ANALYZE", DATABASE)


def client(server: PostgresqlServer, program: str, *arguments: str) -> None:
    subprocess.run([server.programs / program, "-h", str(server.folder), "-U", "portal", *arguments], check=True)


def fill(folder: Path, url: str, tokens: Path, keep: Callable[[], None] = lambda: None) -> None:
    """Migrates, imports the dump and issues the keys, all as an operator would."""
    dump, environ = folder / "dump.json", environment(folder, url)
    if not dump.exists():
        draft = folder / "draft.json"
        generate.main(draft, changed=False)
        draft.rename(dump)
    for command in (("migrate",), ("import", str(dump))):
        subprocess.run([sys.executable, "-m", "portal.cli", *command], env=environ, check=True, stdout=subprocess.DEVNULL)
    tokens_issued = issue_keys(environ)
    keep()
    tokens.write_text(json.dumps(tokens_issued))


def issue_keys(environ: dict[str, str]) -> list[str]:
    """One key of each of the first organizations, used before: a token's first use is written down at once."""
    draft = Draft("benchmark", "noc@example.net", now().date() + timedelta(days=365), grants=GRANTS)
    with create_app(read(environ)).app_context():
        tokens = [issue(db.session(), COMMAND_LINE, organization, draft)[1] for organization in range(1, KEYS + 1)]
        db.session.commit()
        for token in tokens:
            note_first_use(db.session(), token.token_id)
        db.engine.dispose()
    return [token.reveal() for token in tokens]
