"""What an application answers becomes bytes, and what it fails to answer doesn't end the thread that asked it."""

import json
import logging
import re
from collections.abc import Iterable
from typing import Any

import pytest

from portal.logs.format import JsonFormat
from portal.logs.request_id import RequestIds
from portal.logs.request_log import LOGGER, RequestLog
from portal.server.request import Peers, Request
from portal.server.response import Application, respond

REQUEST = Request(method="GET", target=b"/", headers=[(b"Host", b"localhost")])
PEERS = Peers("127.0.0.1", "40000", "127.0.0.1", "8000")


def with_letters_beyond_latin_1(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("X-Name", "Ж")])
    return [b"body"]


def that_raises(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    raise RuntimeError("it failed")


def that_fails_on_the_way(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [])
    yield b"half of it"
    raise RuntimeError("it failed")


def that_starts_nothing(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    return [b"body"]


@pytest.mark.parametrize("application", [with_letters_beyond_latin_1, that_raises, that_fails_on_the_way, that_starts_nothing])
def test_an_application_that_fails_is_a_500_in_its_answer_and_in_the_log(
    application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.setFormatter(JsonFormat())
    with caplog.at_level(logging.INFO, LOGGER):
        answer = respond(RequestIds(RequestLog(application)), REQUEST, PEERS, multiprocess=False)
    assert answer.head.startswith(b"HTTP/1.1 500 ")
    assert b"The server failed" in answer.body
    (number,) = re.findall(rb"\r\nX-Request-ID: (\w+)\r\n", answer.head)
    lines = [json.loads(line) for line in caplog.text.splitlines()]
    assert {line["request"] for line in lines} == {number.decode()}
    assert [line["status"] for line in lines if line["logger"] == LOGGER] == [500]
