"""`python -m tests.stress.record_kills`: kills a served portal again and again while keys write records.

One key declares a network with 500 ports, all with one number in their notes; another sets a network's prefix limit to one number after the
other. After each kill the last acknowledged number, or the one that was in flight, must be there, on all ports; `portal audit verify` and
`portal check` must have nothing to say. Nothing leaves this machine.
"""

import argparse
import json
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from random import Random
from threading import Event
from typing import Any

from tests.demo import NORTHLIGHT
from tests.server import children_of, is_running
from tests.stress.portals import HERE, Portal, on_engine
from tests.stress.victims import KILLS, kills_of
from tests.threads import in_background
from tests.waits import until

BEHIND_PROXY = {"PORTAL_PROXY_HOPS": "1"}  # which stands before it in production, and not here
DURABLE = "fsync=on", "full_page_writes=on", "synchronous_commit=on"
GRANTS = ("networks:read", "networks:update", "exchanges:read")
APPLY = """mutation ($ports: [ApplyExchangePortInput!]!) {
  applyNetworks(input: [{asn: 64500, ports: $ports}], maxDeletes: 2000) { applied userErrors { message } } }"""
UPDATE = "mutation ($number: Int!) { updateNetwork(input: {asn: 64502, infoPrefixes4: $number}) { userErrors { message } } }"
KEEP = "mutation ($id: ID!) { keepHere(input: {id: $id}) { userErrors { message } } }"
STATE = """{ declared: network(asn: 64500) { ports(first: 1000) { nodes { notes } } } counted: network(asn: 64502) { infoPrefixes4 } }"""
PORTS, WORKERS, SECONDS = 500, 2, (0.5, 3.0)


@dataclass
class Writer:
    """Writes one number after the other. `acknowledged` is the last that was answered, `sent` the last that was sent."""

    query: str
    acknowledged: int = 0
    sent: int = 0
    answers: int = 0

    def write(self, portal: Portal, token: str, stopped: Event) -> None:
        while not stopped.is_set():
            self.sent += 1
            try:
                answer = ask(portal, token, self.query, self.variables(self.sent))
            except OSError:
                time.sleep(0.05)
                continue
            if "errors" not in answer:
                (payload,) = answer["data"].values()
                assert payload["userErrors"] == [], payload
                self.acknowledged, self.answers = self.sent, self.answers + 1

    def variables(self, number: int) -> dict[str, Any]:
        if self.query == UPDATE:
            return {"number": number}
        return {"ports": [{"ipaddr6": f"2001:db8:100::f:{place:x}", "speed": 1000, "notes": str(number)} for place in range(1, PORTS + 1)]}

    def problem(self, numbers: set[int]) -> str | None:
        """`numbers`: what is stored."""
        if len(numbers) != 1:
            return f"half of an act is there: {sorted(numbers)}"
        (number,) = numbers
        return None if self.acknowledged <= number <= self.sent else f"{number} is stored, {self.acknowledged} was acknowledged"


def ask(portal: Portal, token: str, query: str, variables: dict[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{portal.url}/graphql", json.dumps({"query": query, "variables": variables}).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def new_key(portal: Portal) -> str:
    options = [part for grant in GRANTS for part in ("--grant", grant)]
    return portal.run("keys", "issue", "--organization", NORTHLIGHT, "--name", "writer", "--notify", "noc@example.net", *options).strip()


def run_trial(portal: Portal, token: str, writers: list[Writer], kill: Any, random: Random) -> None:
    with portal.served(WORKERS):
        assert portal.process
        before = [writer.answers for writer in writers]
        with in_background(*(partial(writer.write, portal, token) for writer in writers)):
            until(lambda: all(writer.answers > number for writer, number in zip(writers, before, strict=True)))
            time.sleep(random.uniform(*SECONDS))
            pids = children_of(portal.process.pid)
            kill(portal, random)
    until(lambda: not any(is_running(pid) for pid in pids))


def compare(portal: Portal, token: str, writers: list[Writer]) -> list[str]:
    with portal.served():
        data = ask(portal, token, STATE, {})["data"]
    stored = {int(port["notes"]) for port in data["declared"]["ports"]["nodes"]}, {data["counted"]["infoPrefixes4"]}
    problems = [problem for writer, numbers in zip(writers, stored, strict=True) if (problem := writer.problem(numbers))]
    for command in (("audit", "verify"), ("check",)):
        try:
            portal.run(*command, settings=BEHIND_PROXY if "PORTAL_PROXY_HOPS" in portal.environ else {})
        except RuntimeError as error:
            problems.append(str(error))
    return problems


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.stress.record_kills", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--times", type=int, default=20, help="how many kills")
    options, random, problems = parser.parse_args(), Random(), list[str]()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kills")))
        portal, server = on_engine(options.engine, HERE, folder, stack, *DURABLE)
        token, writers = new_key(portal), [Writer(APPLY), Writer(UPDATE)]
        with portal.served():
            for asn in (64500, 64502):
                network = ask(portal, token, f"{{ network(asn: {asn}) {{ id }} }}", {})["data"]["network"]
                ask(portal, token, KEEP, {"id": network["id"]})
        kills = KILLS | (kills_of(server) if server else {})
        for number, (name, kill) in zip(range(1, options.times + 1), cycle(kills.items()), strict=False):
            run_trial(portal, token, writers, kill, random)
            problems += compare(portal, token, writers)
            answers = " and ".join(f"{writer.answers} of {writer.sent}" for writer in writers)
            sys.stdout.write(f"{number:3}  {name:23}  {answers} acknowledged; {len(problems)} problems\n")
            sys.stdout.flush()
    sys.stdout.write("\n".join(problems) or "Nothing was wrong.")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
