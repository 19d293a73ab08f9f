"""The command line: `portal COMMAND`. One file per noun, loaded when one of its commands is called, so that each starts fast."""

import gc
from importlib import import_module
from typing import Any

import click

from portal.cli.errors import say_foreseen

HOMES = {
    "approve": "portal.cli.approve",
    "audit": "portal.cli.audit",
    "check": "portal.cli.check",
    "create-admin": "portal.cli.people",
    "delete-person": "portal.cli.people",
    "demo": "portal.cli.registry",
    "export": "portal.cli.dumps",
    "import": "portal.cli.dumps",
    "keys": "portal.cli.keys",
    "members": "portal.cli.members",
    "migrate": "portal.cli.registry",
    "reset-password": "portal.cli.people",
    "serve": "portal.cli.serve",
}


class Portal(click.Group):
    """Finds a command in its file's `commands`, and says foreseeable trouble in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in HOMES:
            return None
        return next(command for command in load(HOMES[cmd_name]) if command.name == cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        with say_foreseen():
            return super().invoke(ctx)


def load(home: str) -> tuple[click.Command, ...]:
    """A file's commands. What loads stays, so looking for garbage in it finds none, and would take a fifth of the start."""
    gc.disable()
    try:
        commands: tuple[click.Command, ...] = import_module(home).commands
    finally:
        gc.freeze()
        gc.enable()
    return commands


@click.group(cls=Portal)
def portal() -> None:
    """Run and look after a Peering Portal.

    PORTAL_DATA names the data folder (by default "instance"). Production settings come from the environment; docs/operate.md lists them.
    """


def main() -> None:
    """The `portal` script. Ends with 0, with 1 for trouble that is said in one line, or with 2 for a wrong call."""
    portal(prog_name="portal")
