"""API keys from the command line, under the same rules as in the browser. One file per act; each is added to the group here."""

import click

from portal.cli.keys import issuing, listing, revoking, rotating, stopping


@click.group()
def keys() -> None:
    """Issue, list, stop and revoke an organization's API keys."""


ACTS: tuple[click.Command, ...] = (
    issuing.issue_key,
    listing.list_keys,
    rotating.rotate_key,
    stopping.disable_key,
    stopping.enable_key,
    revoking.revoke_key,
    stopping.freeze_keys,
    stopping.thaw_keys,
)
for act in ACTS:
    keys.add_command(act)

commands = (keys,)
