"""Every command with each of its arguments and options as nobody types them: a line that says what is wrong, never a traceback."""

from collections.abc import Iterator

import click
import pytest

from portal.cli import portal
from tests.commands import CommandLine
from tests.demo import NORTHLIGHT

ODD_VALUES = {
    "U+000B": "\x0b",
    "not UTF-8": "\udcff",
    "very long": "x" * 100_000,
    "10^400": f"1{'0' * 400}",
    "an object beyond every column": "net:99999999999999999999",
    "a grant beyond every column": "networks:update=99999999999999999999",
}
# What else a command needs, by the name of the parameter.
FILLED = {
    "organization_id": NORTHLIGHT,
    "email": "alice@example.net",
    "key_id": "key_000000000000",
    "key_ids": "key_000000000000",
    "name": "odd",
    "notify_email": "noc@example.net",
    "expires_in": "90",
    "role": "viewer",
    "day": "2020-01-01",
    "token": "pport_000000000000",
    "reason": "odd",
}
LEFT_OUT = {"serve", "demo", "migrate"}  # they begin something of their own; what they are told is tested beside them


def commands(group: click.Group, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)
        elif name not in LEFT_OUT:
            yield (*names, name), command


def call(names: tuple[str, ...], command: click.Command, odd: click.Parameter, value: str) -> list[str]:
    """The command line with this parameter odd, and what is needed besides."""
    said = list(names)
    for parameter in command.params:
        chosen = value if parameter is odd else FILLED.get(parameter.name or "") if parameter.required else None
        if chosen is not None:
            said += [f"{parameter.opts[0]}={chosen}"] if isinstance(parameter, click.Option) else [chosen]
    return said


@pytest.mark.parametrize("odd", ODD_VALUES)
def test_no_argument_ends_a_command_with_a_traceback(odd: str, demo: CommandLine) -> None:
    wrong = {}
    for names, command in commands(portal):
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.is_flag:
                continue
            try:
                ended: object = demo(*call(names, command, parameter, ODD_VALUES[odd]), stdin="").code
            except Exception as error:
                ended = repr(error)[:300]
            if ended not in {0, 1, 2}:
                wrong[" ".join(names), parameter.name] = ended
    assert wrong == {}


def test_a_password_that_is_not_text_is_refused(demo: CommandLine) -> None:
    said = demo("reset-password", "--email", "alice@example.net", "--password-stdin", stdin=b"\xff" * 20 + b"\n")
    assert said.line == "Error: The password on standard input isn't text in UTF-8."
