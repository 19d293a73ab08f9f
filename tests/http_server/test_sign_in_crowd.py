"""A crowd that signs in at once: two passwords are checked at a time, a few wait, and automation and load balancers notice nothing."""

import re
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Barrier
from urllib.parse import urlencode

from tests.http_server.statuses import statuses
from tests.server import Server

CROWD = 24
CSRF = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')


def sign_in(address: str, email: str, barrier: Barrier) -> tuple[int, str | None]:
    """With a wrong password. Returns the status and Retry-After."""
    connection = HTTPConnection(address, timeout=60)
    connection.request("GET", "/login")
    page = connection.getresponse()
    cookie, token = (page.getheader("Set-Cookie") or "").partition(";")[0], CSRF.search(page.read())
    assert token
    form = urlencode({"csrf_token": token[1].decode(), "email": email, "password": "not the right password"})
    barrier.wait(60)
    connection.request("POST", "/login", form, {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.getheader("Retry-After")


def test_a_crowd_that_signs_in_is_partly_refused_and_keeps_no_automation_waiting(server: Server) -> None:
    address, barrier = server.url.removeprefix("http://"), Barrier(CROWD + 1)
    with ThreadPoolExecutor(CROWD) as crowd:
        signing_in = [crowd.submit(sign_in, address, f"nobody{number}@example.net", barrier) for number in range(CROWD)]
        barrier.wait(60)
        assert set(statuses(server, "/healthz", 20)) == {200}
        assert set(statuses(server, "/graphql?query=%7B__typename%7D", 20)) == {200}
        answers = [future.result() for future in signing_in]
    refused = [retry_after for status, retry_after in answers if status == 503]
    assert {status for status, _ in answers} == {400, 503}
    assert all(refused)
