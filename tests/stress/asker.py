"""Somebody whose requests must be answered whatever others do: asks one small query after another, and says how that went."""

import json
import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Thread
from urllib.parse import urlsplit

from tests.hostile_clients import connect

QUERY = json.dumps({"query": "{ network(asn: 64500) { name contacts { nodes { email } } ports { nodes { exchange { name } } } } }"})
PATIENCE_SECONDS = 10


@dataclass
class Outcome:
    """`seconds` of answers that came, by status how many there were, and `failed` of those that never came."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    def percentile(self, part: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("nan")

    def __str__(self) -> str:
        others = ", ".join(f"{count} × {status}" for status, count in sorted(self.statuses.items()) if status != "200")
        figures = f"{self.statuses['200']} answered, p50 {self.percentile(0.5):.1f} ms, p99 {self.percentile(0.99):.1f} ms"
        return f"{figures}{f', {others}' if others else ''}"


def ask(url: str, token: str, outcome: Outcome) -> None:
    """On a connection of its own, so that it is also seen whether there is room for one."""
    began, parts = time.monotonic(), urlsplit(url)
    connection = HTTPConnection("127.0.0.1", parts.port, timeout=PATIENCE_SECONDS)
    headers = {"Host": parts.hostname or "", "Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    try:
        connection.sock = connect(url)
        connection.sock.settimeout(PATIENCE_SECONDS)
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.request("POST", "/graphql", QUERY, headers)
        response = connection.getresponse()
        response.read()
        outcome.statuses[str(response.status)] += 1
        outcome.seconds.append(time.monotonic() - began)
    except TimeoutError:
        outcome.statuses[f"nothing for {PATIENCE_SECONDS} s"] += 1
    except (OSError, HTTPException):
        outcome.statuses["connection lost"] += 1
    finally:
        connection.close()


def ask_for(seconds: float, url: str, token: str, threads: int = 2) -> Outcome:
    outcome, until = Outcome(), time.monotonic() + seconds

    def go_on() -> None:
        while time.monotonic() < until:
            ask(url, token, outcome)
            time.sleep(0.002)

    asking = [Thread(target=go_on) for _ in range(threads)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    return outcome
