"""What many clients do all day: each habit is something that one of them does again and again, well-behaved or not."""

import json
import socket
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from itertools import count
from random import Random
from urllib.error import HTTPError

from tests.stress.member import Member
from tests.stress.portals import Portal

FIRST_ASN, NETWORKS = 4_200_000_001, 35_000
RECORD = """
query Record($asn: ASN!) {
  network(asn: $asn) { name contacts { nodes { role email } } ports { nodes { ipaddr4 exchange { name } } } }
}"""
PEERS = """
query Peers($asn: ASN!) {
  peers(asn: $asn, first: 200) { nodes { network { asn name contacts { nodes { email } } } } }
}"""
LIST = "{ networks(first: 1000) { nodes { asn name website irrAsSet } } }"
DEEP = b'{"query": "{ a' + b" { a" * 500 + b'"}'
BROKEN = (b"", b"{", b'{"query": 1}', b'{"query": "\xff"}', b'{"query": "{ nonsense }"}', DEEP, b"x" * 2_000_000)
PAGES = ("/", "/playground", "/nothing-here", "/static/portal.css", "/healthz", "/readyz")
PATIENCE_SECONDS = 60
SMALL = json.dumps({"query": f"{{ network(asn: {FIRST_ASN}) {{ name }} }}"})
Habit = Callable[[], None]


class Client:
    """Counts how it is answered, by status; `random` is the same in each run."""

    def __init__(self, portal: Portal) -> None:
        self.portal, self.answers, self.random, self.numbers = portal, Counter[str](), Random(1), count()

    def ask(self, body: bytes | str, connection: HTTPConnection, *, token: str = "", address: str = "192.0.2.2") -> None:
        headers = {"Host": "localhost", "Content-Type": "application/json", "X-Forwarded-For": address} | (
            {"Authorization": f"Bearer {token}"} if token else {}
        )
        connection.request("POST", "/graphql", body, headers)
        response = connection.getresponse()
        response.read()
        self.answers[str(response.status)] += 1

    def connection(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.portal.port, timeout=PATIENCE_SECONDS)

    def any_address(self) -> str:
        return f"198.18.{self.random.randrange(256)}.{self.random.randrange(256)}"

    def asking(self, document: str, *, anonymous: bool = False) -> Habit:
        """On one kept connection, another network each time."""
        connection = self.connection()

        def act() -> None:
            request = {"query": document}
            if "$asn" in document:
                request["variables"] = {"asn": FIRST_ASN + self.random.randrange(NETWORKS)}  # type: ignore[assignment]
            try:
                self.ask(json.dumps(request), connection, token="" if anonymous else self.portal.token)
            except (OSError, HTTPException):
                connection.close()
                raise

        return act

    def new_text(self) -> None:
        """A document that nobody has sent before, with a token that nobody has issued every other time."""
        number = next(self.numbers)
        connection = self.connection()
        token = self.portal.token if number % 2 else f"pport_{number:012}_{'0' * 38}"
        self.ask(
            json.dumps({"query": f"{{ a{number}: network(asn: {FIRST_ASN + number % NETWORKS}) {{ name }} }}"}), connection, token=token
        )
        connection.close()

    def broken(self) -> None:
        connection = self.connection()
        with suppress(BrokenPipeError, ConnectionResetError):
            self.ask(BROKEN[next(self.numbers) % len(BROKEN)], connection, token=self.portal.token)
        connection.close()

    def gone(self) -> None:
        """Asks for a lot and doesn't wait for it."""
        body = json.dumps({"query": LIST})
        head = f"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.portal.port), PATIENCE_SECONDS) as connection:
            connection.sendall(f"{head}{body}".encode())
            time.sleep(self.random.random() / 50)

    def reading_pages(self, member: Member) -> Habit:
        paths = (*PAGES, member.keys, f"{member.keys}/new", f"{member.keys}/find")

        def act() -> None:
            with suppress(HTTPError):  # what isn't there
                member.get(paths[next(self.numbers) % len(paths)])
            self.answers["page"] += 1

        return act

    def working_with_keys(self, member: Member) -> Habit:
        """Issues a key, asks with it, revokes it, and is refused. Raises AssertionError where a key does what it mustn't."""

        def act() -> None:
            number = next(self.numbers)
            if number % 100 == 99:
                member.sign_in()
            key, token = member.issue_key(f"soak {number}")
            connection, own = self.connection(), Client(self.portal)
            address = self.any_address()
            own.ask(SMALL, connection, token=token, address=address)
            member.revoke_key(key)
            own.ask(SMALL, connection, token=token, address=address)
            connection.close()
            assert own.answers == {"200": 1, "401": 1}, own.answers
            self.answers["key issued and revoked"] += 1

        return act

    def signing_in(self) -> None:
        """With a wrong password; after some of them the portal refuses to check more."""
        with suppress(HTTPError, AssertionError):
            Member(self.portal.url, "1", f"{self.random.random()}@example.net", "wrong", self.any_address()).sign_in()
        self.answers["wrong sign-in"] += 1
