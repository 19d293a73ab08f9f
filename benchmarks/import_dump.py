"""Times `portal import` of a dump of full size: into an empty registry, again, and with one row in a hundred changed.

`python benchmarks/import_dump.py`, or with PORTAL_DATABASE_URL naming an empty PostgreSQL database. CPU and peak memory are those
of the process itself, without a PostgreSQL server's.
"""

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
    variables = {**os.environ, "PYTHONPATH": str(HERE.parent), "PORTAL_DATA": str(folder / "data")}
    if "PORTAL_DATABASE_URL" in variables:
        variables |= dict.fromkeys(("PORTAL_SECRET_KEY", "PORTAL_AUDIT_KEY"), "benchmark" * 4)
        variables |= {"PORTAL_PEPPERS": f"1:{'benchmark' * 4}", "PORTAL_PUBLIC_URL": "https://portal.example.net"}
    return variables


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
        files = {"dump.json": (), "dump.json.gz": (), "changed.json": ("--changed",)}
        for file, options in files.items():
            subprocess.run([sys.executable, HERE / "generate.py", folder / file, *options], check=True)
        environ = environment(folder)
        timed("migrate", environ, "migrate")
        timed("import into an empty registry", environ, "import", str(folder / "dump.json.gz"))
        timed("import again, nothing differs", environ, "import", str(folder / "dump.json"))
        timed("import with 1 % of networks and ports changed", environ, "import", str(folder / "changed.json"))
        timed("export", environ, "export", str(folder / "out.json"))


if __name__ == "__main__":
    main()
