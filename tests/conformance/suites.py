"""Suites of others, each run as a process of its own, and the score that it gives."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conformance.portal import Portal

HERE = Path(__file__).parent
HOUSE = HERE.parents[1]
SDL = HOUSE / "graphql_schema" / "schema.graphql"
SEED = 64500
ESLINT = HERE / "node_modules" / "eslint" / "bin" / "eslint.js"


@dataclass(frozen=True)
class Score:
    """How many of how many checks passed, and what is said of those that didn't."""

    suite: str
    passed: int
    of: int
    complaints: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether something was checked, and all of it passed."""
        return 0 < self.of == self.passed and not self.complaints

    def __str__(self) -> str:
        return "\n  ".join([f"{self.suite}: {self.passed} of {self.of}", *self.complaints])


def audits(portal: Portal) -> Score:
    """graphql-http's server audits; one that only warns hasn't passed."""
    results = json.loads(node(HERE / "audits.mjs", f"{portal.url}/graphql", portal.token))
    failed = [f"{result['id']} {result['name']}: {result['reason']}" for result in results if result["status"] != "ok"]
    return Score("graphql-http audits", len(results) - len(failed), len(results), tuple(failed))


def lint() -> Score:
    """graphql-eslint's rules, on the committed schema; eslint.config.mjs says which."""
    report = node(ESLINT, "--config", HERE / "eslint.config.mjs", "--format", "json", SDL, accepted=(0, 1))
    messages: list[dict[str, Any]] = [message for file in json.loads(report) for message in file["messages"]]
    return differences(
        "graphql-eslint, relay and recommended", [f"{message['line']}: {message['message']} {message['ruleId']}" for message in messages]
    )


def diff(portal: Portal) -> Score:
    """graphql-inspector's differences between the committed schema and the served one, applied directives included."""
    return differences("graphql-inspector diff", json.loads(node(HERE / "diff.mjs", SDL, f"{portal.url}/graphql/schema.graphql")))


def differences(suite: str, complaints: list[str]) -> Score:
    return Score(suite, 0 if complaints else 1, 1, tuple(complaints))


def fuzz(portal: Portal, examples: int, folder: Path) -> Score:
    """Schemathesis' check not_a_server_error, with so many documents for each root field; it waits when the key's limit is used up."""
    command = [
        *(str(Path(sys.executable).parent / "schemathesis"), "run", f"{portal.url}/graphql", "--no-color"),
        *("--header", f"Authorization: Bearer {portal.token}", "--rate-limit", "auto"),
        *("--checks", "not_a_server_error", "--max-examples", str(examples), "--continue-on-failure", "--suppress-health-check", "all"),
        *("--seed", str(SEED)),
    ]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "tests.conformance.scalars", "PYTHONPATH": str(HOUSE)}
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    counted = re.search(r"(\d+) generated(?:, (\d+) passed)?", ended.stdout)
    generated, passed = (int(number or 0) for number in counted.groups()) if counted else (0, 0)
    complaints = () if ended.returncode == 0 else (ended.stdout + ended.stderr,)
    return Score("schemathesis not_a_server_error", passed, generated, complaints)


def node(*arguments: object, accepted: tuple[int, ...] = (0,)) -> str:
    """What the program printed. Raises RuntimeError when it ended otherwise than accepted."""
    ended = subprocess.run(["node", *map(str, arguments)], cwd=HOUSE, capture_output=True, text=True, check=False)
    if ended.returncode not in accepted:
        raise RuntimeError(f"{arguments[0]} ended with {ended.returncode}: {ended.stderr}")
    return ended.stdout
