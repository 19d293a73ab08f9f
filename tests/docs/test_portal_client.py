"""The client that the examples share, asking a server that is busy or isn't the portal."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.docs.blocks import ROOT

PAGE = {"nodes": [{"asn": 64500, "name": "Example Net", "contacts": {"nodes": []}}], "pageInfo": {"hasNextPage": False, "endCursor": "end"}}
SCRIPT = str(ROOT / "docs" / "examples" / "open_networks.py")


class Server(BaseHTTPRequestHandler):
    """Answers each request with the next of `answers`: status, Retry-After, body."""

    answers: list[tuple[int, str, bytes]]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        status, retry_after, body = self.answers.pop(0)
        self.send_response(status)
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as listening:
        Thread(target=listening.serve_forever).start()
        yield listening
        listening.shutdown()


def run(server: ThreadingHTTPServer, *answers: tuple[int, str, bytes], token: str = "pport_example") -> subprocess.CompletedProcess[str]:
    Server.answers = list(answers)
    environment = {"PEERING_PORTAL_URL": f"http://127.0.0.1:{server.server_port}", "PEERING_PORTAL_KEY": token}
    return subprocess.run([sys.executable, SCRIPT], env=environment, capture_output=True, text=True, check=False)


def refusal(message: str) -> bytes:
    return json.dumps({"errors": [{"message": message}]}).encode()


WHOLE = json.dumps({"data": {"networks": PAGE}}).encode()


def test_it_waits_as_long_as_the_portal_says_and_asks_again(server: ThreadingHTTPServer) -> None:
    ended = run(server, (429, "1", refusal("The minute's points are used up.")), (503, "1", refusal("Try again.")), (200, "", WHOLE))
    assert (ended.returncode, ended.stdout) == (0, "AS64500\tExample Net\t-\n")
    assert ended.stderr == "Waiting 1 s: The minute's points are used up.\nWaiting 1 s: Try again.\n"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((401, "", refusal("This API key isn't valid.")), "This API key isn't valid.\n"),
        ((429, "86400", refusal("Come back tomorrow.")), "Come back tomorrow.\n"),
        ((502, "", b"<html>"), "answered 502 Bad Gateway.\n"),
        ((200, "", refusal("Unknown field.")), "Unknown field.\n"),
        ((200, "", json.dumps({"data": {"networks": PAGE}, "extensions": {"truncated": {}}}).encode()), "Ask for smaller pages.\n"),
    ],
)
def test_what_it_cannot_mend_it_says(answer: tuple[int, str, bytes], words: str, server: ThreadingHTTPServer) -> None:
    ended = run(server, answer)
    assert ended.returncode == 1
    assert ended.stderr.endswith(words)
    assert ended.stderr.count("\n") == 1


def test_without_a_key_it_says_what_to_set(server: ThreadingHTTPServer) -> None:
    assert run(server, token="").stderr == "Set PEERING_PORTAL_KEY to your API key's token.\n"
