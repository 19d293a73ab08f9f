"""Times `portal import` of a dump of full size: into an empty registry, again, and with one row in a hundred changed.

`python benchmarks/import.py`, or with PORTAL_DATABASE_URL naming an empty PostgreSQL database. CPU and peak memory are those
of the process itself, without a PostgreSQL server's.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
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
    with subprocess.Popen([*PORTAL, *arguments], env=environ, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{what}: ended with {process.returncode}")
    wall, cpu = perf_counter() - began, used.ru_utime + used.ru_stime
    sys.stdout.write(f"{what:46} {wall:6.1f} s  {cpu:6.1f} s CPU  {used.ru_maxrss / 1024:5.0f} MiB\n")


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
        change_some(dump, changed)
        timed("import with 1 % of networks and ports changed", environ, "import", str(changed))


if __name__ == "__main__":
    main()
