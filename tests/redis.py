"""A throw-away Redis server: no TCP, a socket in a temporary folder, nothing on disk."""

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

OPTIONS = ("--port", "0", "--save", "", "--appendonly", "no", "--daemonize", "no")


class RedisServer:
    """One server at a time; what it held is gone with its process."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="redis"))  # pytest's own folders are too long for a socket's name
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.folder}/socket"

    def start(self) -> None:
        """Returns when it answers."""
        command = ["redis-server", *OPTIONS, "--unixsocket", str(self.folder / "socket")]
        self.process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert self.process.stdout
        said = b""
        while b"ready to accept connections" not in said:
            said = self.process.stdout.readline()
            assert said, "redis-server ended"

    def send(self, number: signal.Signals) -> None:
        """SIGSTOP lets it hang, SIGCONT go on, SIGKILL ends it."""
        assert self.process
        assert self.process.stdout
        self.process.send_signal(number)
        if number is signal.SIGKILL:
            self.process.wait(60)
            self.process.stdout.close()

    @contextmanager
    def running(self) -> Iterator[None]:
        self.start()
        try:
            yield
        finally:
            self.send(signal.SIGKILL)
            shutil.rmtree(self.folder)


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    with server.running():
        yield server
