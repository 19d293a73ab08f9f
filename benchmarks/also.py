"""`python -m benchmarks.also`: how fast the portal starts, what an unchanged answer costs, and how cost grows with the rows asked for."""

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlencode

from benchmarks.__main__ import CACHE
from benchmarks.candidates import SQLITE, Candidate, in_python
from benchmarks.data import on_sqlite
from benchmarks.processes import machine, used
from benchmarks.workloads import W1, WORKLOADS

ROUNDS, ASKED, KEYS = 7, 200, 100  # as many keys, so that no limit is met
PORTS = "{{ exchangePorts(first: {0}) {{ nodes {{ databaseId asn ipaddr4 ipaddr6 speed isRsPeer operational updated }} }} }}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.also", description=__doc__)
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the data are kept")
    cache = parser.parse_args().cache
    cache.mkdir(parents=True, exist_ok=True)
    (ours,) = (candidate for candidate in in_python(SQLITE, on_sqlite(cache)) if candidate.name == "ours")
    starts = [start(ours) for _ in range(ROUNDS)]
    ours.start()
    try:
        rows = list(table(ours))
    finally:
        ours.stop()
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine()}, medians of {ROUNDS}.\n\n| | |\n| --- | --- |")
    print(f"| from the command to listening | {median(starts):.2f} s |", *rows, sep="\n")


def start(ours: Candidate) -> float:
    begun = perf_counter()
    ours.start()
    took = perf_counter() - begun
    ours.stop()
    return took


def table(ours: Candidate) -> Iterator[str]:
    path = f"/graphql?{urlencode({'query': W1, 'variables': json.dumps(WORKLOADS[0].variables[0])})}"
    kept = HTTPConnection("127.0.0.1", ours.port, timeout=60)
    tags = [ask(kept, "GET", path, token).headers["ETag"] for token in ours.tokens[:KEYS]]
    yield f"| W1 by GET, not changed (304) | {cost(ours, 'GET', path, tags):.2f} ms CPU |"
    for number in (1, 10, 100, 1000):
        body = json.dumps({"query": PORTS.format(number)})
        yield f"| {number} ports × 8 | {cost(ours, 'POST', '/graphql', body=body):.2f} ms CPU |"


def cost(ours: Candidate, method: str, path: str, tags: Sequence[str] = ("",), body: str = "") -> float:
    """Milliseconds of CPU for each request."""
    assert ours.process
    costs, kept = [], HTTPConnection("127.0.0.1", ours.port, timeout=60)
    for _ in range(ROUNDS):
        before = used([ours.process.pid])
        for number in range(ASKED):
            ask(kept, method, path, ours.tokens[number % KEYS], tags[number % len(tags)], body)
        costs.append((used([ours.process.pid]) - before) / ASKED * 1000)
    return median(costs)


def ask(connection: HTTPConnection, method: str, path: str, token: str, tag: str = "", body: str = "") -> HTTPResponse:
    """Raises RuntimeError for what is neither an answer nor unchanged."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} | ({"If-None-Match": tag} if tag else {})
    connection.request(method, path, body or None, headers)
    response = connection.getresponse()
    response.read()
    if response.status != (304 if tag else 200):
        raise RuntimeError(f"{path} was answered by {response.status}")
    return response


if __name__ == "__main__":
    main()
