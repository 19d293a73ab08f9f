"""Times `portal import` of a dump of full size: into an empty registry, again, and with one row in a hundred changed.

`python benchmarks/import.py`, or with PORTAL_DATABASE_URL naming an empty PostgreSQL database. Memory is the process's own peak.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter

HERE = Path(__file__).parent
PORTAL = (sys.executable, "-m", "portal.cli")


def environment(folder: Path) -> dict[str, str]:
    """Local mode in the folder, or production with secrets of no worth where a database is named."""
    found = {**os.environ, "PYTHONPATH": str(HERE.parent), "PORTAL_DATA": str(folder / "data")}
    if "PORTAL_DATABASE_URL" in found:
        found |= dict.fromkeys(("PORTAL_SECRET_KEY", "PORTAL_AUDIT_KEY"), "benchmark" * 4)
        found |= {"PORTAL_PEPPERS": f"1:{'benchmark' * 4}", "PORTAL_PUBLIC_URL": "https://portal.example.net"}
    return found


def change_some(path: Path, changed: Path) -> None:
    """One network in a hundred has another policy, one port in a hundred another speed."""
    dump = json.loads(path.read_bytes())
    for row in dump["net"]["data"][::100]:
        row["policy_general"] = "No"
    for row in dump["netixlan"]["data"][::100]:
        row["speed"] = 5_000
    changed.write_text(json.dumps(dump))


def timed(what: str, environ: dict[str, str], *arguments: str) -> None:
    began = perf_counter()
    subprocess.run([*PORTAL, *arguments], env=environ, check=True, stdout=subprocess.DEVNULL)
    sys.stdout.write(f"{what:40} {perf_counter() - began:6.1f} s\n")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dump, packed, changed = folder / "dump.json", folder / "dump.json.gz", folder / "changed.json"
        subprocess.run([sys.executable, HERE / "generate.py", dump], check=True)
        packed.write_bytes(gzip.compress(dump.read_bytes(), 6))
        environ = environment(folder)
        timed("migrate", environ, "migrate")
        timed("import into an empty registry", environ, "import", str(packed))
        timed("import again, nothing differs", environ, "import", str(dump))
        timed("export", environ, "export", str(folder / "out.json"))
        sys.stdout.write(f"{'peak memory of the largest process':40} {getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024:6.0f} MiB\n")
        change_some(dump, changed)
        timed("import with 1 % of networks and ports changed", environ, "import", str(changed))


if __name__ == "__main__":
    main()
