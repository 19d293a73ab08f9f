"""`python -m benchmarks.questions`: what a peering coordinator asks in one request, with the points expected and paid, and the CPU."""

import argparse
import json
import statistics
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.__main__ import CACHE
from benchmarks.candidates import POSTGRESQL, SQLITE, Candidate, in_python
from benchmarks.data import on_postgresql, on_sqlite
from benchmarks.generate import FIRST_ASN, WIDEST
from benchmarks.processes import busy, machine, used
from benchmarks.workloads import WORKLOADS

TIMES, ASKED = 7, 4  # samples, and requests in each
US, MIDDLING = FIRST_ASN + 1, FIRST_ASN + 500  # at 220 exchanges, and at a dozen
MINE = [FIRST_ASN + number for number in range(2, 1002)]  # whom we peer with already

PEERS = """query ($asn: ASN!, $first: Int, $where: PeerFilter) { peers(asn: $asn, first: $first, where: $where) {
  nodes { network { asn name policyGeneral contacts { nodes { role email } } } sharedExchanges { exchange { name } } } } }"""
ROUTERS = PEERS.replace("exchange { name }", "exchange { name } families ourPorts { ipaddr4 ipaddr6 } theirPorts { asn ipaddr4 ipaddr6 }")
MET = "{ ports: { some: { exchange: { ports: { some: { network: { asn: { eq: $asn } } } } } } } }"
GAINED = """networks(first: 0, where: {
  policyGeneral: { eq: OPEN }, ports: { some: { exchange: { databaseId: { eq: NUMBER } } } }, not: MET
}) { totalCount }"""
EXCHANGES = range(WIDEST + 1, WIDEST + 6)  # where we aren't
GAIN = f"query ($asn: ASN!) {{ {' '.join(f'ix{number}: {GAINED}'.replace('NUMBER', str(number)) for number in EXCHANGES)} }}"
COMPARE = """query ($asn: ASN!, $other: ASN!) {
  us: network(asn: $asn) { name ixCount facCount infoTraffic }
  them: network(asn: $other) { name ixCount facCount infoTraffic policyGeneral }
  commonExchanges(asns: [$asn, $other]) { exchange { name } ports { asn speed ipaddr4 ipaddr6 } }
  commonFacilities(asns: [$asn, $other]) { facility { name city } } }"""
CONTACTS = """{ exchange(id: "ix:2") { ports(first: 5000) {
  nodes { network { asn name contacts(where: { role: { in: [NOC, POLICY] } }) { nodes { role email } } } } } } }"""
BUILDINGS = """query ($asn: ASN!) { networks(first: 100, where: {
    policyGeneral: { eq: OPEN }, facilities: { some: { facility: { networks: { some: { network: { asn: { eq: $asn } } } } } } }, not: MET
  }) { totalCount nodes { asn name contacts { nodes { role email } } facilities { nodes { facility { name } } } } } }"""

QUESTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "the first 10 peers": (PEERS, {"asn": US, "first": 10}),
    "all peers, 5,000 a page": (PEERS, {"asn": US, "first": 5000}),
    "the first 10 peers, with ports": (ROUTERS, {"asn": US, "first": 10}),
    "how many peers": ("query ($asn: ASN!) { peers(asn: $asn) { totalCount } }", {"asn": US}),
    "the first 100 peers of a network at a dozen exchanges": (PEERS, {"asn": MIDDLING, "first": 100}),
    "100 new peers without 1,000 of mine": (
        PEERS,
        {"asn": US, "first": 100, "where": {"excludeAsns": MINE, "network": {"infoTraffic": {"gte": "GBPS_1_5"}}}},
    ),
    "what five more exchanges would gain": (GAIN.replace("MET", MET), {"asn": US}),
    "two networks compared": (COMPARE, {"asn": US, "other": FIRST_ASN + 5}),
    "the contacts by role at an exchange of 900": (CONTACTS, {}),
    "private peering in our buildings": (BUILDINGS.replace("MET", MET), {"asn": US}),
    **{workload.name: (workload.document, workload.variables[0]) for workload in WORKLOADS},
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.questions", description=__doc__)
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the data are kept")
    cache = parser.parse_args().cache
    cache.mkdir(parents=True, exist_ok=True)
    columns: dict[str, list[str]] = {name: [] for name in QUESTIONS}
    began, busy_before, own = perf_counter(), busy(), 0.0
    with ExitStack() as stack:
        registries = {SQLITE: on_sqlite(cache), POSTGRESQL: stack.enter_context(on_postgresql(cache))}
        for engine, registry in registries.items():
            if registry is not None:
                ours = next(candidate for candidate in in_python(engine, registry) if candidate.name == "ours")
                roots = [ours.start(), *([registry.server] if registry.server else [])]
                stack.callback(ours.stop)
                for name, text in answers(ours, roots):
                    columns[name].append(text)
                own += used(roots)
    others = (busy() - busy_before - own) / (perf_counter() - began)
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine()}, medians of {TIMES}. Others and the asking kept {others:.2f} cores busy meanwhile.\n")
    print(f"| question | expected | paid | {SQLITE} | {POSTGRESQL} |\n| --- | ---: | ---: | ---: | ---: |")
    print(*(f"| {name} | {' | '.join(parts)} |" for name, parts in columns.items()), sep="\n")


def answers(ours: Candidate, roots: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Yields each question with its points, by the first engine, and its milliseconds of CPU with the points that one of them cost."""
    for name, (query, variables) in QUESTIONS.items():
        body = json.dumps({"query": query, "variables": variables})
        cost, costs = ask(ours, body), list[float]()
        for _ in range(TIMES):
            before = used(roots)
            for _ in range(ASKED):
                ask(ours, body)
            costs.append((used(roots) - before) / ASKED * 1000)
        milliseconds = statistics.median(costs)
        points = f"{cost['requested']} | {cost['actual']} | " if ours.engine == SQLITE else ""
        yield name, f"{points}{milliseconds:.1f} ms, {cost['actual'] / milliseconds:.1f}/ms"


def ask(ours: Candidate, body: str) -> dict[str, int]:
    """Returns the cost, asked with another key each time, so that no limit is met. Raises RuntimeError for an error."""
    connection = HTTPConnection("127.0.0.1", ours.port, timeout=60)
    token = ours.tokens[ours.requests % len(ours.tokens)]
    ours.requests += 1
    connection.request("POST", "/graphql", body, {"Content-Type": "application/json", "Authorization": f"Bearer {token}"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    if answer.get("errors"):
        raise RuntimeError(answer["errors"][0])
    cost: dict[str, int] = answer["extensions"]["cost"]
    return cost


if __name__ == "__main__":
    main()
