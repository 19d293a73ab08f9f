"""The portal of a checkout, served with the demo's records on SQLite or PostgreSQL, and a key to ask it with."""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Container, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.commands import in_production, local
from tests.demo import NORTHLIGHT
from tests.needs import postgresql_programs
from tests.postgresql import PostgresqlServer
from tests.redis import RedisServer
from tests.server import free_port
from tests.stress.member import Member

HERE = Path(__file__).parents[2]


@dataclass
class Portal:
    """A checkout with its own `.venv`, a folder for its data, and the settings of its commands. `front`: its proxy's URL, if it has one."""

    checkout: Path
    environ: dict[str, str]
    token: str = ""
    port: int = 0
    front: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def program(self) -> list[str]:
        python = sys.executable if self.checkout == HERE else str(self.checkout / ".venv/bin/python")
        return [python, "-m", "portal.cli"]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, *arguments: str, stdin: str = "", accepted: Container[int] = (0,), settings: Mapping[str, str] = {}) -> str:
        """Returns what the command printed. Raises RuntimeError where it ends with another code than those."""
        command = [*self.program, *arguments]
        environ = {**os.environ, **self.environ, **settings}
        ended = subprocess.run(command, cwd=self.checkout, env=environ, input=stdin, capture_output=True, text=True, check=False)
        if ended.returncode not in accepted:
            raise RuntimeError(f"portal {' '.join(arguments)}: {ended.stdout} {ended.stderr}")
        return ended.stdout

    def issue(self) -> None:
        """A key with limits that nobody reaches."""
        self.run("keys", "limits", NORTHLIGHT, "--per-key", "1000000", "--all", "1000000")
        issued = self.run(
            "keys", "issue", "--organization", NORTHLIGHT, "--name", "stress", "--notify", "noc@example.net",
            "--grant", "networks:read", "--grant", "contacts:read", "--grant", "exchanges:read", "--json",
        )  # fmt: skip
        self.token = json.loads(issued)["token"]

    @contextmanager
    def served(self, workers: int = 1) -> Iterator[None]:
        self.port = free_port()
        command = [*self.program, "serve", "--port", str(self.port), "--workers", str(workers)]
        log_path = Path(self.environ["PORTAL_DATA"]) / "serve.log"
        log = log_path.open("ab")
        with (
            log,
            subprocess.Popen(
                command, cwd=self.checkout, env={**os.environ, **self.environ}, stdout=subprocess.PIPE, stderr=log, start_new_session=True
            ) as process,
        ):
            self.process = process
            assert process.stdout
            assert b"listens" in process.stdout.readline(), log_path.read_text()[-2000:]
            try:
                yield
            finally:
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, 9)


def on_sqlite(checkout: Path, folder: Path, **more: str) -> Portal:
    folder.mkdir(parents=True)
    portal = Portal(checkout, {**local(folder).environ, **more})
    portal.run("migrate")
    portal.run("demo")
    portal.issue()
    return portal


def on_postgresql(checkout: Path, folder: Path, url: str, dump: Path, **more: str) -> Portal:
    """With the records of a dump."""
    folder.mkdir(parents=True)
    (folder / "data").mkdir(0o700)
    portal = Portal(checkout, {**in_production(folder, url).environ, **more})
    portal.run("migrate")
    portal.run("import", str(dump))
    portal.issue()
    return portal


def on_engine(engine: str, checkout: Path, folder: Path, stack: ExitStack, *settings: str) -> tuple[Portal, PostgresqlServer | None]:
    """The portal, and the PostgreSQL server that it is on, which has these settings, beside a Redis for its workers.

    Raises SystemExit where PostgreSQL's programs are missing.
    """
    sqlite = on_sqlite(checkout, folder / "sqlite")
    if engine == "sqlite":
        return sqlite, None
    programs = postgresql_programs()
    if not programs:
        raise SystemExit("PostgreSQL's server programs are missing: install Debian's package postgresql.")
    sqlite.run("export", str(folder / "demo.json"))
    server, redis = PostgresqlServer(programs, *settings), RedisServer()
    stack.enter_context(server.running())
    stack.enter_context(redis.running())
    server.create("stress", "template0")
    url, dump = server.url("stress"), folder / "demo.json"
    return on_postgresql(checkout, folder / "postgresql", url, dump, PORTAL_REDIS_URL=redis.url, PORTAL_PROXY_HOPS="0"), server


def import_dump(portal: Portal, dump: Path) -> None:
    """A dump that is there beside the demo: some of its rows are skipped, which the command ends with 1 for."""
    portal.run("import", str(dump), accepted=(0, 1))


def admin_of(portal: Portal) -> Member:
    """Makes an admin of the organization whose key is asked with, signed in on the served portal."""
    member = new_admin(portal, "stress@example.net")
    member.sign_in()
    return member


def new_admin(portal: Portal, email: str) -> Member:
    """One who hasn't signed in yet."""
    password = secrets.token_urlsafe(16)
    portal.run("create-admin", "--organization", NORTHLIGHT, "--email", email, "--password-stdin", stdin=password)
    return Member(portal.url, NORTHLIGHT, email, password)


def settle() -> None:
    """What a trouble left is over before the next begins."""
    time.sleep(1)
