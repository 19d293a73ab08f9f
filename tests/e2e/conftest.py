"""The real portal: its commands, its own server, a real database file, and a browser."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import bcrypt
import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, Page
from sqlalchemy import select, update

from portal.access.principal import Kind, Principal
from portal.accounts.sessions import begin_session
from portal.db.session import begin_writing
from portal.extensions import db
from portal.models import Person
from portal.settings import read
from tests.apps import opened
from tests.commands import local
from tests.demo import Demo

REFUSED = re.compile(r"status of 40[01359]")  # Chromium reports each refusal, and refusals are under test
NEW_PASSWORD = "a long walk through the exchange"
COOKIE_INTERFACE = SecureCookieSessionInterface()


@dataclass
class Portal:
    """A served demo: where it is, its folder, the admin's present password, and an app on the same data in the test's own process."""

    url: str
    data: Path
    email: str
    password: str
    process: subprocess.Popen[str]
    log: Path
    app: Flask

    def command(self, *arguments: str) -> str:
        """What the `portal` command prints."""
        return local(self.data.parent).ok(*arguments).out

    def choose_password(self) -> None:
        """As if the admin had signed in once, and changed the password that was printed."""
        digest = bcrypt.hashpw(NEW_PASSWORD.encode(), bcrypt.gensalt(4)).decode()
        with self.app.app_context():
            begin_writing(db.session())
            db.session.execute(update(Person).where(Person.email == self.email).values(password_digest=digest, must_change_password=False))
            db.session.commit()
        self.password = NEW_PASSWORD

    def cookie(self) -> str:
        """Of a new session of the admin, who has just signed in: its row is in the database, and the server's own key signs it."""
        with self.app.app_context():
            begin_writing(db.session())
            person = db.session.scalars(select(Person).where(Person.email == self.email)).one()
            session_id = begin_session(db.session(), Principal(Kind.MEMBER, str(person.id), person.name), person.id)
            db.session.commit()
        serializer = COOKIE_INTERFACE.get_signing_serializer(self.app)
        assert serializer
        return str(serializer.dumps({"_user_id": session_id, "_fresh": True}))


def environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return {**kept, "PORTAL_DATA": str(data), "PORTAL_ALLOW_DOCUMENTATION": "1"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(demo: Demo, folder: Path) -> Iterator[Portal]:
    """A copy of the demo, in the folder, whose admin still has the password that was printed."""
    data = demo.copy(folder / "data")
    port, log = free_port(), data / "server.log"
    command = [sys.executable, "-m", "portal.cli", "serve", "--port", str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(command, env=environment(data), stdout=output, stderr=subprocess.STDOUT, text=True)
    try:
        with opened(read(environment(data))) as app:
            portal = Portal(f"http://127.0.0.1:{port}", data, demo.email, demo.password, process, log, app)
            wait_for(portal)
            yield portal
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(portal: Portal) -> None:
    """Until it answers, or has ended."""
    while portal.process.poll() is None:
        try:
            urllib.request.urlopen(f"{portal.url}/healthz", timeout=2).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(portal.log.read_text())


@pytest.fixture(scope="session")
def portal(built_demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """For all modules but those that define their own, as they change what others look at, or sign in for the first time."""
    with served(built_demo, tmp_path_factory.mktemp("portal")) as portal:
        portal.choose_password()
        yield portal


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A page in a browser context of its own that notices every script error, CSP report and request to another host."""
    context = chromium.new_context(java_script_enabled=request.param, locale="en-GB")
    page = context.new_page()
    trouble: list[str] = []
    page.on(
        "console", lambda message: trouble.append(message.text) if message.type == "error" and not REFUSED.search(message.text) else None
    )
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda sent: None if sent.url.startswith(("http://127.0.0.1", "data:", "blob:")) else trouble.append(sent.url))
    yield page
    context.close()
    assert trouble == []
