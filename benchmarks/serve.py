"""Serves another application as `portal serve` serves the portal: `python -m benchmarks.serve benchmarks.floor:create_floor 8001`."""

import os
import sys
from importlib import import_module

from portal.server.lanes import Lane
from portal.server.limits import Limits
from portal.server.sockets import listen
from portal.server.worker_process import Worker

THREADS = 8


def main(target: str, port: str) -> None:
    """`target`: a module and, behind a colon, what makes the application there."""
    module, _, factory = target.partition(":")
    lanes = {"all": Lane("all", THREADS, Limits.max_waiting, speaks_json=True)}
    Worker(getattr(import_module(module), factory)(), lanes, lambda _: "all").serve(listen("127.0.0.1", int(port)), os.pipe()[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
