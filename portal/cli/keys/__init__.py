"""API keys from the command line, under the same rules as in the browser. One file per act; each is added to the group here."""

import click

from portal.cli.keys import create, edit, lookup, peppers, policy, revoke, rotate, show, suspend, usage
from portal.cli.keys import list_keys as listing
from portal.cli.keys import notify as notifying


@click.group()
def keys() -> None:
    """Issue, list, edit, stop and revoke an organization's API keys, and see how they are used."""


ACTS: tuple[click.Command, ...] = (
    create.issue_key,
    listing.list_keys,
    show.show_key,
    edit.edit_key,
    rotate.rotate_key,
    suspend.disable_key,
    suspend.enable_key,
    revoke.revoke_key,
    notifying.notify,
    suspend.freeze_keys,
    suspend.thaw_keys,
    lookup.find_key,
    usage.show_usage,
    policy.show_policy,
    policy.show_limits,
    peppers.show_peppers,
)
for act in ACTS:
    keys.add_command(act)

commands = (keys,)
