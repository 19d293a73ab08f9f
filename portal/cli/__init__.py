"""The command line: `portal COMMAND`. One file per noun, loaded when one of its commands is called, so that each starts fast."""

import gc
import os
from importlib import import_module
from typing import Any

import click

from portal.cli.errors import one_line_errors
from portal.logs.configure import configure_logs
from portal.settings import flag, log_as_json

COMMAND_MODULES = {
    "apply": "portal.cli.apply",
    "approve": "portal.cli.approve",
    "audit": "portal.cli.audit",
    "backup": "portal.cli.backup",
    "check": "portal.cli.check",
    "create-admin": "portal.cli.people",
    "delete-person": "portal.cli.people",
    "demo": "portal.cli.registry",
    "export": "portal.cli.dumps",
    "import": "portal.cli.dumps",
    "keys": "portal.cli.keys",
    "members": "portal.cli.members",
    "migrate": "portal.cli.registry",
    "records": "portal.cli.records",
    "refuse": "portal.cli.approve",
    "reset-password": "portal.cli.people",
    "restore": "portal.cli.backup",
    "serve": "portal.cli.serve",
}


class Portal(click.Group):
    """Finds a command in its module's `commands`, and reports foreseeable errors in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMAND_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMAND_MODULES:
            return None
        return next(command for command in load(COMMAND_MODULES[cmd_name]) if command.name == cmd_name)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuses arguments that no database could store: Python takes bytes that aren't UTF-8 in as halves of characters."""
        for argument in args:
            if any("\ud800" <= character <= "\udfff" for character in argument):
                raise click.UsageError(f"The argument {argument!a} isn't text in UTF-8.")
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        with one_line_errors():
            return super().invoke(ctx)


def load(module: str) -> tuple[click.Command, ...]:
    """Returns a module's commands. Without garbage collection, which finds none in what is loaded, and would take a fifth of the start."""
    gc.disable()
    try:
        commands: tuple[click.Command, ...] = import_module(module).commands
    finally:
        gc.freeze()
        gc.enable()
    return commands


@click.group(cls=Portal)
def portal() -> None:
    """Run and look after a Peering Portal.

    PORTAL_DATA names the data folder (by default "instance"). Production settings come from the environment; docs/operate.md lists them.
    """
    configure_logs(as_json=log_as_json(os.environ), requests=flag(os.environ, "PORTAL_LOG_REQUESTS", default=False))


def main() -> None:
    """The `portal` script. Ends with 0, with 1 for an error reported in one line, or with 2 for a wrong call."""
    portal(prog_name="portal")
