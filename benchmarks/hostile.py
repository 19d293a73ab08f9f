"""`python -m benchmarks.hostile`: how long the served portal takes to refuse, or to answer, questions that are made to hurt."""

import argparse
import json
import statistics
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.__main__ import CACHE
from benchmarks.candidates import SQLITE, Candidate, in_python
from benchmarks.data import on_sqlite
from benchmarks.generate import FIRST_ASN
from benchmarks.processes import busy, largest_memory, machine, used
from tests.graphql.hostile import COUNT, OFTEN, REFUSED, conditions, question

TIMES = 7
QUERY = b'"query": "'
PEERS = FIRST_ASN + 1  # a network at 220 exchanges
PRICED: dict[str, bytes] = {
    "50 times how many peers a network at 220 exchanges has": question(
        "{" + " ".join(f"a{number}: peers(asn: {PEERS}) {{ totalCount }}" for number in range(50)) + "}"
    ),
    "50 times a text in all networks' names": question(OFTEN, where={"name": {"contains": "zz"}}),
    "15 relations": question(COUNT, where={"or": [{"ports": {"some": {"speed": {"gt": number}}}} for number in range(15)]}),
    "50 texts in all networks' notes": question(COUNT, where={"or": [{"notes": {"contains": f"zz{number}"}} for number in range(50)]}),
    "50 names": question(COUNT, where=conditions(50, "contains")),
    "how many records there are": question("{ dataStatus { types { count } } }"),
}


QUESTIONS: Mapping[str, bytes] = {name: body for name, (body, _) in REFUSED.items()} | PRICED


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile", description=__doc__)
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the data are kept")
    cache = parser.parse_args().cache
    cache.mkdir(parents=True, exist_ok=True)
    registry = on_sqlite(cache)
    (ours,) = (candidate for candidate in in_python(SQLITE, registry) if candidate.name == "ours")
    root = ours.start()
    try:
        ask(ours, question("{ networks { totalCount } }"))
        for body in QUESTIONS.values():
            ask(ours, body)
        begun, others = perf_counter(), busy() - used([root])
        rows = list(table(ours, root))
        cores = (busy() - used([root]) - others) / (perf_counter() - begun)
        memory = [largest_memory([root]) for _ in again(ours)]
    finally:
        ours.stop()
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine()}, medians of {TIMES}. Others kept {cores:.2f} cores busy meanwhile.\n")
    print(*rows, sep="\n")
    sizes = " and ".join(f"{size / 2**20:.0f}" for size in memory)
    print(f"\nThe worker's own memory, after all that is refused was asked {TIMES} times more, and as often again: {sizes} MiB.")


def again(ours: Candidate) -> Iterator[None]:
    """Twice, after the refused questions were asked some times more."""
    for _ in range(2):
        for _ in range(TIMES):
            for body, _ in REFUSED.values():
                ask(ours, body)
        yield


def table(ours: Candidate, root: int) -> Iterator[str]:
    yield "| question | sent | answer | points | CPU | time |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for name, body in QUESTIONS.items():
        works, times, answer = list[float](), list[float](), Answer(0, {})
        for _ in range(TIMES):
            begun, start = used([root]), perf_counter()
            answer = ask(ours, body)
            times.append(perf_counter() - start)
            works.append(used([root]) - begun)
        work, time = (statistics.median(samples) * 1000 for samples in (works, times))
        yield f"| {name} | {len(body) / 1000:.1f} kB | {answer.word} | {answer.points} | {work:.1f} ms | {time:.1f} ms |"


class Answer:
    """What came back, in a word."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        errors = body.get("errors") or ()
        self.word = f"{status} {errors[0]['extensions']['code']}" if errors else str(status)
        self.points = body.get("extensions", {}).get("cost", {}).get("actual", 1)


def ask(ours: Candidate, body: bytes) -> Answer:
    """With another key each time, so that no limit is met, and another document, so that none is known from before."""
    connection = HTTPConnection("127.0.0.1", ours.port, timeout=60)
    ours.requests += 1
    body = body.replace(QUERY, QUERY + b"#%d\\n" % ours.requests)
    token = ours.tokens[ours.requests % len(ours.tokens)]
    connection.request("POST", "/graphql", body, {"Content-Type": "application/json", "Authorization": f"Bearer {token}"})
    response = connection.getresponse()
    answer = Answer(response.status, json.loads(response.read()))
    connection.close()
    return answer


if __name__ == "__main__":
    main()
