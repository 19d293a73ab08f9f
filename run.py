"""Sets the portal up beside this file, with nothing but Python's standard library, and serves it; `python3 run.py test` runs its tests."""

import argparse
import hashlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
BIN = VENV / "bin"
CONSTRAINTS = HERE / "constraints.txt"
STAMP = VENV / "portal-installed"
LOG = VENV / "install.log"
UNFINISHED = "unfinished"
ON_ALL_CORES = ("-n", "auto", "--dist", "worksteal")  # "-n 0" after them runs the tests in one process
DESCRIBED_IN = ("setup.cfg", "constraints.txt", "pyproject.toml")

if sys.version_info < (3, 11):  # before anything that an older Python can't run; it has to be able to parse all of this file
    sys.exit(f"Python 3.11 or newer is needed; this is {sys.version_info[0]}.{sys.version_info[1]}.")

HELP = """Sets Peering Portal up in .venv beside this file and serves it on 127.0.0.1, with an invented registry to try it on.

  python3 run.py test [ARGUMENTS]     run the tests on all cores; the arguments go to pytest
  python3 run.py portal [ARGUMENTS]   run the portal command, e.g. "portal keys list"

PORTAL_DATA names the data folder for all of them, as --data does here."""


class Trouble(Exception):
    """One line for the person who called."""


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["test"]:
        install("[test]")
        os.chdir(HERE)
        become("pytest", *ON_ALL_CORES, *arguments[1:])
    if arguments[:1] == ["portal"]:
        install()
        os.environ["PORTAL_DATA"] = str(data_folder())
        become("portal", *arguments[1:])
    serve(arguments)


def serve(arguments: list[str]) -> None:
    options = read_options(arguments)
    check_port(options.port)
    data = data_folder(options.data)
    make_private(data)
    install()
    os.environ["PORTAL_DATA"] = str(data)
    call("portal", "migrate")
    if not options.no_demo and "PORTAL_DATABASE_URL" not in os.environ:  # a database of one's own gets no invented people
        os.environ.setdefault("PORTAL_ALLOW_DOCUMENTATION", "1")
        call("portal", "demo", "--if-empty", "--url", f"http://127.0.0.1:{options.port}")
    become("portal", "serve", "--port", str(options.port), "--workers", str(options.workers))


def read_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("run.py", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=number_to(65535), metavar="N", default=8000, help="listen there (default: 8000)")
    parser.add_argument("--data", metavar="DIR", help="the data folder (default: instance beside this file)")
    parser.add_argument("--no-demo", action="store_true", help="start with an empty registry")
    parser.add_argument("--workers", type=number_to(64), metavar="N", default=1, help="how many processes answer (default: 1)")
    return parser.parse_args(arguments)


def number_to(largest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isdecimal() and 1 <= int(text) <= largest):
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {largest}")
        return int(text)

    return read


def data_folder(given: str | None = None) -> Path:
    return Path(given or os.environ.get("PORTAL_DATA") or HERE / "instance").absolute()


def make_private(folder: Path) -> None:
    """Secrets live there: for this user alone."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(f"Can't make the data folder {folder}: {error.strerror}. Name another one with --data.") from error
    if not os.access(folder, os.W_OK):
        raise Trouble(f"Can't write to the data folder {folder}. Name another one with --data.")


def check_port(port: int) -> None:
    """Before the minute that the set-up takes."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Trouble(f"Can't listen on port {port}: {error.strerror}. Choose another one with --port.") from error


def install(extra: str = "") -> None:
    """Makes .venv what setup.cfg and constraints.txt say, unless it is; one that was interrupted or belongs elsewhere starts anew."""
    required, present = stamp(extra), STAMP.read_text() if STAMP.is_file() else ""
    if present.startswith(required):
        return
    check_modules()
    print("Installing into .venv. This takes a minute, once.", flush=True)
    try:
        if present and present.split()[0] != required.split()[0]:
            remove()
        VENV.mkdir(exist_ok=True)
        STAMP.write_text(UNFINISHED)
        fill(extra)
        STAMP.write_text(required)
    except OSError as error:
        raise Trouble(f"Can't write {error.filename}: {error.strerror}. Copy this folder to a place where you may write.") from error


def stamp(extra: str) -> str:
    """What .venv is made for: this Python in this place, these requirements, this extra."""
    requirements = [(HERE / name).read_text() for name in DESCRIBED_IN]
    return f"{fingerprint([sys.version, str(VENV)])} {fingerprint(requirements)} {extra}"


def fingerprint(parts: list[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def remove() -> None:
    if Path(sys.prefix) == VENV:
        raise Trouble("This Python is .venv's own, and .venv has to be made anew. Leave it first: deactivate")
    shutil.rmtree(VENV)


def fill(extra: str) -> None:
    if not (BIN / "python").exists():
        quietly("make .venv", sys.executable, "-m", "venv", str(VENV))
    pip(next(pin for pin in CONSTRAINTS.read_text().split() if pin.startswith("setuptools==")))
    pip("--no-build-isolation", "--constraint", str(CONSTRAINTS), "--editable", f"{HERE}{extra}")


def check_modules() -> None:
    for name in ("venv", "ensurepip"):
        if importlib.util.find_spec(name) is None:
            raise Trouble(f"This Python comes without {name}. On Debian and Ubuntu: apt install python3-venv")


def pip(*arguments: str) -> None:
    options = ("--quiet", "--disable-pip-version-check")
    quietly("install the packages, for which pip needs the network once", str(BIN / "python"), "-m", "pip", "install", *options, *arguments)


def quietly(purpose: str, *command: str) -> None:
    """Shows the first error alone, if the command fails; .venv/install.log has all that it said."""
    with LOG.open("w+") as log:
        code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False).returncode
        log.seek(0)
        said = [line.strip() for line in log if line.lower().startswith("error")]
    if code:
        raise Trouble(f"Can't {purpose}: {said[0] if said else f'exit code {code}'} (more in {LOG})")


def call(program: str, *arguments: str) -> None:
    """Ends with the program's own exit code, if it fails: it has said why."""
    code = subprocess.run([str(BIN / program), *arguments], check=False).returncode
    if code:
        sys.exit(code)


def become(program: str, *arguments: str) -> None:
    """Signals and the exit code are then the program's own."""
    os.execv(BIN / program, [program, *arguments])


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Trouble as trouble:
        sys.exit(str(trouble))
    except KeyboardInterrupt:
        sys.exit(130)
