"""`python -m benchmarks.writes`: how many records a key writes in a second, alone and beside readers, and how long a plan takes."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from benchmarks.processes import machine
from tests.stress.portals import HERE, Portal, on_engine
from tests.stress.record_kills import APPLY, DURABLE, KEEP, PORTS, UPDATE, ask, new_key
from tests.threads import in_background

SECONDS, READERS, PLANS = 10, 2, 7
READ = """{ network(asn: 64500) { asn name policyGeneral ports { nodes { ipaddr4 speed exchange { name } } } } }"""


def rate(act: Callable[[int], Any]) -> tuple[float, float]:
    """Returns how often it was done in a second, and the 99th percentile of its milliseconds."""
    times, end = list[float](), time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        began = time.perf_counter()
        act(len(times) + 1)
        times.append(time.perf_counter() - began)
    return len(times) / SECONDS, 1000 * statistics.quantiles(times, n=100)[-1]


def measure(portal: Portal, token: str) -> dict[str, str]:
    def update(number: int) -> None:
        payload = ask(portal, token, UPDATE, {"number": number})["data"]["updateNetwork"]
        assert payload["userErrors"] == [], payload

    results, reads = {"updates a second, alone": "{:.0f}, p99 {:.0f} ms".format(*rate(update))}, [0] * READERS

    def read(place: int, stopped: Event) -> None:
        while not stopped.is_set():
            assert "errors" not in ask(portal, token, READ, {})
            reads[place] += 1

    with in_background(*(partial(read, place) for place in range(READERS))):
        beside = rate(lambda number: update(100_000 + number))
    results[f"updates a second, beside {READERS} readers"] = "{:.0f}, p99 {:.0f} ms".format(*beside)
    results["reads a second meanwhile"] = f"{sum(reads) / SECONDS:.0f}"
    return results | {f"a plan that changes {PORTS} ports": f"{1000 * plan_seconds(portal, token):.0f} ms"}


def plan_seconds(portal: Portal, token: str) -> float:
    """The median; the first creates the ports."""
    times = []
    for number in range(PLANS + 1):
        ports = [{"ipaddr6": f"2001:db8:100::f:{place:x}", "speed": 1000, "notes": str(number)} for place in range(1, PORTS + 1)]
        began = time.perf_counter()
        payload = ask(portal, token, APPLY, {"ports": ports})["data"]["applyNetworks"]
        assert payload["applied"], payload
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])


def main() -> None:
    columns = {}
    for engine in ("sqlite", "postgresql"):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="writes")))
            portal, _ = on_engine(engine, HERE, folder, stack, *DURABLE)
            portal.run("keys", "limits", "1000000000", "--per-key", "1000000", "--all", "1000000")
            token = new_key(portal)
            with portal.served():
                for asn in (64500, 64502):
                    network = ask(portal, token, f"{{ network(asn: {asn}) {{ id }} }}", {})["data"]["network"]
                    ask(portal, token, KEEP, {"id": network["id"]})
                columns[engine] = measure(portal, token)
    lines = [
        f"{time.strftime('%Y-%m-%d')}, {machine()}, one worker, the demo's registry.",
        "",
        "| | SQLite | PostgreSQL |",
        "| --- | ---: | ---: |",
    ]
    lines += [f"| {name} | {value} | {columns['postgresql'][name]} |" for name, value in columns["sqlite"].items()]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
