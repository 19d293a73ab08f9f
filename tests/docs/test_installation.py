"""The shell blocks of docs/deploy.md: followed as far as a test may, or checked to name what there is."""

import json
import re
import secrets
import shlex
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from portal.cli import portal
from tests.docs.blocks import ROOT, blocks
from tests.docs.claims import prints, unclaimed
from tests.docs.deployed import BACKUPS, COMMAND, DEPLOY, ENVIRONMENT_FILE, PROGRAMS, STATE, UNIT, unit

SHIPPED = (UNIT.name, "portal.sh", "peering-portal.cron")
INSTALL = f"rm -rf build\n{PROGRAMS}/pip install -c constraints.txt .\n"  # pip would install what an earlier release left in build/


def test_every_shell_block_is_run_or_checked_by_one_test() -> None:
    assert unclaimed("deploy.md") == []


@prints("docs/deploy.md", "useradd")
def test_docs_install_what_the_unit_names(printed: str) -> None:
    words = shlex.split(printed, comments=True)
    assert unit()["User"] in words
    for path in (PROGRAMS.removesuffix("/bin"), STATE, BACKUPS, ENVIRONMENT_FILE, COMMAND, *(f"docs/{name}" for name in SHIPPED)):
        assert path in words, path
    assert INSTALL in printed


@prints("docs/deploy.md", "create-admin")
def test_the_printed_settings_and_commands_make_a_registry_and_cron_backs_it_up(printed: str, tmp_path: Path) -> None:
    """All but becoming the user: `check` has nothing to say but of Redis and mail."""
    environment = {"PATH": f"{installed(tmp_path)}:/usr/bin:/bin"}
    (tmp_path / "peeringdb.json").write_text(json.dumps({"org": {"data": [{"id": 4, "name": "Example Four", "status": "ok"}]}}))
    typed = [line for line in printed.splitlines() if not line.startswith("systemctl ")]
    ended = typed_in(tmp_path, "\n".join(typed), environment)
    assert "you@example.net is an admin of organization 4." in ended.stderr, ended
    assert "Settings: production" in ended.stdout
    assert "All is well." in ended.stdout
    for line in (ROOT / "docs" / "peering-portal.cron").read_text("utf-8").splitlines():
        if line[:1].isdigit():
            *_, user, command = line.split(maxsplit=6)
            assert (user, command.split()[0]) == ("root", Path(COMMAND).name)
            called = typed_in(tmp_path, command.replace("\\%", "%").replace(BACKUPS, str(tmp_path)), environment)
            assert (called.returncode, called.stdout, called.stderr) == (0, "", ""), "cron mails what is said"
    assert [path.stat().st_mode & 0o777 for path in tmp_path.glob("*.backup")] == [0o600]


def installed(folder: Path) -> Path:
    """The folder of root's command, for settings as docs print them, with secrets in their places."""
    replacements = {ENVIRONMENT_FILE: folder / "env", STATE: folder / "state", PROGRAMS: Path(sys.executable).parent}
    (printed,) = [block.text for block in blocks("env") if block.document == "docs/deploy.md"]
    (folder / "env").write_text(re.sub("…", lambda _: secrets.token_urlsafe(48), printed.replace(STATE, str(folder / "state"))))
    (folder / "state").mkdir(mode=0o700)
    script = (ROOT / "docs" / "portal.sh").read_text("utf-8")
    for old, new in {**replacements, f"runuser -u {unit()['User']} -- ": ""}.items():
        assert old in script
        script = script.replace(old, str(new))
    command = folder / "bin" / Path(COMMAND).name
    command.parent.mkdir()
    command.write_text(script)
    command.chmod(0o755)
    return command.parent


def typed_in(folder: Path, script: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-ec", script], env=environment, cwd=folder, capture_output=True, text=True, check=False)


@prints("docs/deploy.md", "portal backup")
def test_the_printed_upgrade_calls_what_there_is(printed: str) -> None:
    for program, *arguments in map(shlex.split, printed.splitlines()):
        if program == "portal":
            assert CliRunner().invoke(portal, [*arguments, "--help"]).exit_code == 0
        elif program == "systemctl":
            assert arguments[1:] in ([], [UNIT.stem])
    assert INSTALL in printed
    assert "run the lines from `rm -rf build` to `daemon-reload`" in DEPLOY.read_text("utf-8"), "one release fails under another's unit"
    gone_back = printed[printed.index("rm -rf build") : printed.index("daemon-reload")]
    assert all(f"docs/{name}" in gone_back for name in SHIPPED)


@prints("docs/deploy.md", "portal.sqlite3-wal")
def test_docs_put_a_backup_in_place_of_the_database_and_its_log(printed: str, tmp_path: Path) -> None:
    for name in ("portal.sqlite3", "portal.sqlite3-wal", "portal.sqlite3-shm", "before-upgrade-….backup"):
        (tmp_path / name).write_text(name)
    owner = f" -o {unit()['User']} -g {unit()['Group']} "
    assert owner in printed, "root's copy is for root alone"
    ended = typed_in(
        tmp_path, printed.replace(owner, " ").replace(STATE, str(tmp_path)).replace(BACKUPS, str(tmp_path)), {"PATH": "/usr/bin:/bin"}
    )
    assert ended.returncode == 0, ended
    assert {path.name for path in tmp_path.iterdir()} == {"portal.sqlite3", "before-upgrade-….backup"}
    database = tmp_path / "portal.sqlite3"
    assert (database.read_text(), database.stat().st_mode & 0o777) == ("before-upgrade-….backup", 0o600)


def test_what_docs_change_of_the_unit_is_what_serve_takes() -> None:
    changes = [block.text for block in blocks("ini") if block.document == "docs/deploy.md"]
    commands = [shlex.split(line.partition("=")[2]) for text in changes for line in text.splitlines() if line.startswith("ExecStart=/")]
    assert len(commands) == len(changes) > 0
    for path, *arguments in commands:
        assert path == f"{PROGRAMS}/portal"
        assert CliRunner().invoke(portal, [*arguments, "--help"]).exit_code == 0


@prints("docs/deploy.md", "apt install git")
def test_docs_install_what_makes_an_environment(printed: str) -> None:
    assert {"git", "python3-venv", "cron"} <= set(printed.split())


@prints("docs/deploy.md", "createuser")
def test_docs_make_the_role_and_the_database_that_the_settings_name(printed: str) -> None:
    check_postgres(printed)


@prints("docs/deploy.md", "pg_restore")
def test_docs_make_the_same_database_anew(printed: str) -> None:
    assert f"--dbname {check_postgres(printed)} {BACKUPS}/" in printed


def check_postgres(printed: str) -> str:
    """Returns the name of the database."""
    found = re.search(r"PORTAL_DATABASE_URL=postgresql:///(\w+)", DEPLOY.read_text("utf-8"))
    assert found
    name: str = found[1]
    assert f"createdb --owner {unit()['User']} {name}" in printed
    return name
