"""The real portal: its own commands, its own server, a real database file, and Debian's Chromium."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

CHROMIUM = "/usr/bin/chromium"
REFUSED = re.compile(r"status of 40[01359]")  # Chromium reports each refusal, and refusals are under test
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
NEW_PASSWORD = "a long walk through the exchange"


@dataclass
class Portal:
    """A served demo: where it is, its folder, and the admin's present password."""

    url: str
    data: Path
    email: str
    password: str
    process: subprocess.Popen[str]
    log: Path

    def command(self, *arguments: str) -> str:
        """What the real `portal` command prints."""
        return run(self.data, *arguments)


def environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return {**kept, "PORTAL_DATA": str(data), "PORTAL_ALLOW_DOCUMENTATION": "1"}


def run(data: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "portal.cli", *arguments]
    return subprocess.run(command, env=environment(data), check=True, capture_output=True, text=True, timeout=120).stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    data = tmp_path_factory.mktemp("portal") / "data"
    run(data, "migrate")
    printed = run(data, "demo")
    found = re.search(r"as (\S+@\S+) with (\S+)", printed)
    assert found, printed
    port, log = free_port(), data / "server.log"
    command = [sys.executable, "-m", "portal.cli", "serve", "--port", str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(command, env=environment(data), stdout=output, stderr=subprocess.STDOUT, text=True)
    served = Portal(f"http://127.0.0.1:{port}", data, found[1], found[2].rstrip(";."), process, log)
    try:
        wait_for(served)
        yield served
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(served: Portal) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{served.url}/healthz", timeout=2).close()
        except OSError:
            assert served.process.poll() is None, served.log.read_text()
            time.sleep(0.1)
        else:
            return
    raise AssertionError(served.log.read_text())


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()


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
