"""The rivals from npm, in pinned versions and with a Node of their own, installed once into the folder of the data."""

import hashlib
import platform
import shutil
import subprocess
import sys
from pathlib import Path

FILES = Path(__file__).parent / "rivals"
PARTS = {"x86_64": "x64", "aarch64": "arm64"}


def installed(cache: Path) -> Path | None:
    """The folder that they run in; None, with a line that says so, where npm can't install them."""
    lock = (FILES / "package-lock.json").read_bytes()
    folder = cache / f"npm-{hashlib.sha256(lock).hexdigest()[:12]}"
    shutil.copytree(FILES, folder, dirs_exist_ok=True)
    if not node(folder).exists():
        npm = shutil.which("npm")
        ended = npm and subprocess.run([npm, "ci", "--silent"], cwd=folder, check=False).returncode
        if npm is None or ended:
            sys.stderr.write(f"PostGraphile and mercurius are left out: {'npm ended with ' + str(ended) if npm else 'there is no npm'}.\n")
            return None
    return folder


def node(folder: Path) -> Path:
    """Node 22, as npm's own packages bring it."""
    return folder / "node_modules" / f"node-linux-{PARTS.get(platform.machine(), platform.machine())}" / "bin" / "node"
