"""A program of its own whose log is configured as the portal's commands do it, and what it wrote."""

import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).parents[2]
CONFIGURE = (
    "import logging, sys, threading\nfrom portal.logs.configure import configure_logs\nconfigure_logs(as_json={as_json}, requests=False)\n"
)


def written(code: str, *, as_json: bool = False) -> list[str]:
    """Returns the lines on standard error."""
    program = CONFIGURE.format(as_json=as_json) + code
    ended = subprocess.run([sys.executable, "-c", program], cwd=HOUSE, capture_output=True, text=True, timeout=60, check=False)
    return ended.stderr.splitlines()
