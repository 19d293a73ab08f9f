"""Runs printed commands in a shell, and queries, against a served demo."""

import json
import re
import shlex
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.docs.blocks import ROOT
from tests.e2e import conftest as e2e
from tests.e2e.conftest import Portal

PRINTED = "http://127.0.0.1:8000"
TOKEN = r"pport_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}"
PYTHON = shlex.quote(sys.executable)


def run(text: str, served: Portal, **variables: str) -> str:
    """What the commands print, asked of the served demo from the repository's own folder."""
    environment = e2e.environment(served.data) | {"PEERING_PORTAL_URL": served.url} | variables
    return shell(text.replace(PRINTED, served.url), ROOT, environment).stdout


def run_in(folder: Path, text: str, served: Portal, **variables: str) -> str:
    """The same from a folder where the commands may write."""
    return run(f"cd {shlex.quote(str(folder))}\n" + text.replace("docs/examples", str(ROOT / "docs" / "examples")), served, **variables)


def shell(text: str, folder: Path, environment: dict[str, str], source: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The commands in a shell that stops at the first that fails; `source` is where Python finds the portal."""
    pythons = r"(\.venv/bin/python|\bpython3)\b( run\.py portal)?"
    script = re.sub(pythons, lambda match: PYTHON + (" -m portal.cli" if match[2] else ""), text)
    ended = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended


def ask(served: Portal, token: str, query: str) -> Any:
    """The whole answer to a query, whatever its status."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    body = json.dumps({"query": query}).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{served.url}/graphql", body, headers)) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        return json.load(error)
