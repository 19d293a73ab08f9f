"""`portal check` on folders and disks that can't be written, or are nearly full: real ones, seen by a process of its own."""

import os

import pytest

from tests.commands import CommandLine
from tests.needs import MOUNT_NAMESPACE

# Root may write whatever the modes say, unless it gives that up.
WITHOUT_OVERRIDE = () if os.geteuid() else ("setpriv", "--bounding-set=-dac_override", "--")
COPY_TO_TMPFS = 'cp -a "$0" "$0.copy" && mount -t tmpfs -o size={size},mode=700 tmpfs "$0" && cp -a "$0.copy/." "$0" && {then} exec "$@"'


def on_tmpfs(portal: CommandLine, size: str, then: str = "") -> tuple[str, ...]:
    """Runs a program that sees a copy of the data folder on a small disk."""
    return (*MOUNT_NAMESPACE, "sh", "-c", COPY_TO_TMPFS.format(size=size, then=then), str(portal.data))


def test_a_folder_that_cannot_be_written_is_a_problem(migrated: CommandLine) -> None:
    migrated.data.mkdir(mode=0o500)
    said = migrated.process("check", within=WITHOUT_OVERRIDE)
    assert said.code == 1
    assert f"Problem: {migrated.data} can't be written: Permission denied." in said.out
    migrated.data.chmod(0o700)
    assert migrated.process("check", within=WITHOUT_OVERRIDE).out.endswith("All is well.\n")


def test_a_database_file_that_cannot_be_written_is_a_problem(demo: CommandLine) -> None:
    for path in demo.data.glob("portal.sqlite3*"):
        path.chmod(0o400)
    said = demo.process("check", within=WITHOUT_OVERRIDE)
    assert said.code == 1
    assert "Problem: The database file can't be written. Let the user that runs the portal write it and its folder." in said.out


def test_a_file_that_may_not_grow_is_a_problem(demo: CommandLine) -> None:
    said = demo.process("check", within=("prlimit", "--fsize=1024", "--"))
    assert said.code == 1
    assert f"Problem: {demo.data} can't be written: File too large." in said.out


@pytest.mark.needs("mounts")
def test_a_disk_with_little_space_is_a_problem(demo: CommandLine) -> None:
    said = demo.process("check", within=on_tmpfs(demo, "32m"))
    assert said.code == 1
    assert f"Problem: The disk of {demo.data} has " in said.out
    assert "Free some space, or use a larger disk." in said.out


@pytest.mark.needs("mounts")
def test_a_full_disk_is_a_problem(demo: CommandLine) -> None:
    said = demo.process("check", within=on_tmpfs(demo, "32m", 'cat /dev/zero >"$0/rest" 2>/dev/null;'))
    assert said.code == 1
    assert f"Problem: {demo.data} can't be written: No space left on device." in said.out


@pytest.mark.needs("mounts")
def test_a_disk_that_is_mounted_read_only_is_one_line(demo: CommandLine) -> None:
    said = demo.process("check", within=on_tmpfs(demo, "32m", 'mount -o remount,ro "$0" &&'))
    assert said.code == 1
    assert "Read-only file system" in said.line
