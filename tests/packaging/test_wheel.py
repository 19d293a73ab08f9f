"""The wheel holds every file that the portal runs on, and nothing else; what is installed from it finds them."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
FOLDERS = {"graphql_schema": "graphql_schema", "portal": "portal", "templates": "portal/templates", "static": "portal/static"}
FILES = ("pyproject.toml", "setup.cfg", "wsgi.py", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in FOLDERS:
        shutil.copytree(HOUSE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(HOUSE / name, folder)
    command = [sys.executable, "-m", "pip", "wheel", "--no-build-isolation", "--no-deps", "--no-index", "--wheel-dir", "dist", "."]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return next((folder / "dist").glob("*.whl"))


def test_the_wheel_holds_what_the_portal_runs_on_and_nothing_else(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == {"wsgi.py"} | {
        f"{inside}/{path.relative_to(HOUSE / name).as_posix()}"
        for name, inside in FOLDERS.items()
        for path in (HOUSE / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_has_the_portal_command_and_the_licence(wheel: Path) -> None:
    about = {Path(name).name: name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" in name}
    assert "LICENSE" in about
    assert "portal = portal.cli:main" in zipfile.ZipFile(wheel).read(about["entry_points.txt"]).decode()


def test_what_is_installed_from_the_wheel_migrates_and_shows_pages(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    show_home = """
from pathlib import Path
import portal.app, portal.cli
try:
    portal.cli.portal(["migrate"])
except SystemExit as ended:
    assert not ended.code
app = portal.app.create_app()
print(Path(portal.app.__file__), app.test_client().get("/").status_code, app.test_client().get("/static/portal.css").status_code)
"""
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site"), "PORTAL_DATA": str(tmp_path / "data")}
    command = [sys.executable, "-c", show_home]
    said = subprocess.run(command, cwd=tmp_path, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    assert said.split() == [str(tmp_path / "site" / "portal" / "app.py"), "200", "200"]
