"""API keys from the command line, under the same rules as in the browser. One file per act; each is added to the group here."""

import click

from portal.cli.keys.create import issue_key
from portal.cli.keys.edit import edit_key
from portal.cli.keys.list_keys import list_keys
from portal.cli.keys.lookup import find_key
from portal.cli.keys.notify import notify
from portal.cli.keys.peppers import show_peppers
from portal.cli.keys.policy import show_limits, show_policy
from portal.cli.keys.retire import end_old_token
from portal.cli.keys.revoke import revoke_key
from portal.cli.keys.rotate import rotate_key
from portal.cli.keys.show import show_key
from portal.cli.keys.suspend import disable_key, enable_key, freeze_keys, thaw_keys
from portal.cli.keys.usage import show_usage


@click.group()
def keys() -> None:
    """Create, list, edit, stop and revoke an organization's API keys, and see how they are used."""


for command in (
    issue_key,
    list_keys,
    show_key,
    edit_key,
    rotate_key,
    end_old_token,
    disable_key,
    enable_key,
    revoke_key,
    notify,
    freeze_keys,
    thaw_keys,
    find_key,
    show_usage,
    show_policy,
    show_limits,
    show_peppers,
):
    keys.add_command(command)

commands = (keys,)
