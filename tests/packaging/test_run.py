"""run.py in a folder of its own: what it refuses, in one line each and before it installs anything, and that it serves."""

import ast
import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
import venv
from collections.abc import Callable, Iterator
from pathlib import Path
from select import select

import pip
import pytest

HOUSE = Path(__file__).parents[2]
NEEDED = ("run.py", "setup.cfg", "constraints.txt", "pyproject.toml")
NO_INDEX = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}
AS_FROM_A_TERMINAL = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"  # a background job's children ignore Ctrl-C
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Somebody's folder with the files that run.py reads."""
    folder = tmp_path / "clone"
    folder.mkdir()
    for name in NEEDED:
        shutil.copy(HOUSE / name, folder)
    return folder


@pytest.fixture
def run(clone: Path) -> Run:
    """Calls `python3 run.py`; `first` is Python that runs before it, in the same process."""

    def call(*arguments: str, first: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        command = calling(*arguments, first=first)
        return subprocess.run(command, cwd=clone, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=120)

    return call


def calling(*arguments: str, first: str) -> list[str]:
    code = f"import sys, runpy; sys.argv = {['run.py', *arguments]!r}; {first}\nrunpy.run_path('run.py', run_name='__main__')"
    return [sys.executable, "-c", code]


@pytest.fixture
def port() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def installed(clone: Path) -> Path:
    """As if run.py had installed into the folder: with the programs of the environment that runs the tests."""
    programs = clone / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("python", "portal", "pytest"):
        (programs / name).symlink_to(Path(sys.executable).parent / name)
    stamp: str = runpy.run_path(str(clone / "run.py"))["stamp"]("[test]")
    (clone / ".venv" / "portal-installed").write_text(stamp)
    return clone


@pytest.fixture
def begun(clone: Path) -> Path:
    """As if run.py had made .venv, and pip were next: the one of the environment that runs the tests, as making one takes seconds."""
    venv.create(clone / ".venv", symlinks=True)
    (packages,) = (clone / ".venv" / "lib").glob("python*/site-packages")
    (packages / "pip").symlink_to(Path(pip.__file__).parent)
    return clone


def refusal(ended: subprocess.CompletedProcess[str]) -> str:
    """The one line that says why."""
    assert ended.returncode == 1
    lines = ended.stderr.splitlines()
    assert len(lines) == 1, ended.stderr
    return lines[0]


def test_an_old_python_is_told_which_one_is_needed(run: Run) -> None:
    assert refusal(run(first="sys.version_info = (3, 10, 13)")) == "Python 3.11 or newer is needed; this is 3.10."


def test_an_old_python_can_parse_the_file() -> None:
    assert ast.parse((HOUSE / "run.py").read_text("utf-8"), feature_version=(3, 7))


def test_a_taken_port_is_refused_before_the_set_up(run: Run, port: int, clone: Path) -> None:
    assert refusal(run("--port", str(port))).startswith(f"Can't listen on port {port}: Address already in use.")
    assert not (clone / ".venv").exists()
    assert not (clone / "instance").exists()


@pytest.mark.parametrize("number", ["0", "65536", "http", "-1"])
def test_what_is_no_port_is_refused(run: Run, number: str) -> None:
    ended = run("--port", number)
    assert ended.returncode == 2
    assert "is not a number from 1 to 65535" in ended.stderr


def test_a_data_folder_that_cannot_be_made_is_refused(run: Run, clone: Path) -> None:
    said = refusal(run("--port", free_port(), "--data", "run.py/data"))
    assert said == f"Can't make the data folder {clone}/run.py/data: Not a directory. Name another one with --data."
    assert not (clone / ".venv").exists()


def test_a_folder_that_cannot_be_written_is_refused(run: Run, clone: Path) -> None:
    (clone / ".venv").write_text("a file in the way, which stops root too")
    assert refusal(run("test")) == f"Can't write {clone}/.venv: File exists. Copy this folder to a place where you may write."


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_its_parts_is_told_what_to_install(run: Run, module: str) -> None:
    said = refusal(run("test", first=f"sys.modules[{module!r}] = None"))
    assert said == f"This Python comes without {module}. On Debian and Ubuntu: apt install python3-venv"


def test_an_interrupted_installation_starts_anew_and_says_why_it_fails(run: Run, clone: Path) -> None:
    (clone / ".venv").mkdir()
    (clone / ".venv" / "portal-installed").write_text("unfinished")
    (clone / ".venv" / "half").write_text("left by the interrupted installation")
    assert refusal(run("test", **NO_INDEX)).startswith("Can't install the packages, for which pip needs the network once: ERROR: ")
    assert not (clone / ".venv" / "half").exists()
    assert (clone / ".venv" / "portal-installed").read_text() == "unfinished"


def test_ctrl_c_ends_the_set_up_quietly(begun: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as index:
        slow = {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "", "PIP_INDEX_URL": f"http://127.0.0.1:{index.getsockname()[1]}/simple"}
        command = calling("test", first=AS_FROM_A_TERMINAL)
        run = subprocess.Popen(command, cwd=begun, env=os.environ | slow, stderr=subprocess.PIPE, text=True, start_new_session=True)
        assert run.stderr
        ready, _, _ = select([index.fileno(), run.stderr.fileno()], [], [])
        assert ready == [index.fileno()], run.communicate()[1]  # pip asks the index, which doesn't answer; else the set-up has ended
        os.killpg(run.pid, signal.SIGINT)
        said = run.communicate()[1]
    assert (run.returncode, said) == (130, "")


def test_the_data_folder_is_private_and_used_by_every_command(installed: Path, run: Run, tmp_path: Path) -> None:
    assert run("portal", "migrate").returncode == 0
    assert (installed / "instance" / "portal.sqlite3").exists()
    assert run("portal", "migrate", PORTAL_DATA=str(tmp_path / "elsewhere")).returncode == 0
    assert (tmp_path / "elsewhere").stat().st_mode & 0o777 == 0o700


def test_arguments_go_on_to_pytest(installed: Path, run: Run) -> None:
    assert run("test", "--version").stdout.startswith("pytest ")


def test_it_migrates_and_serves(installed: Path) -> None:
    port = free_port()
    command = [sys.executable, "run.py", "--port", port, "--no-demo"]
    with subprocess.Popen(command, cwd=installed, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as served:
        assert served.stdout
        try:
            said = next(line for line in served.stdout if port in line)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=30) as answer:
                assert answer.status == 200
        finally:
            served.terminate()
    assert f"http://127.0.0.1:{port}" in said


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])
