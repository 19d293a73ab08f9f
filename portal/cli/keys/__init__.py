"""API keys from the command line, under the same rules as in the browser. One file per act; each is added to the group here."""

import click

from portal.cli.keys import editing, finding, issuing, listing, notifying, peppers, policy, revoking, rotating, showing, stopping, using


@click.group()
def keys() -> None:
    """Issue, list, edit, stop and revoke an organization's API keys, and see how they are used."""


ACTS: tuple[click.Command, ...] = (
    issuing.issue_key,
    listing.list_keys,
    showing.show_key,
    editing.edit_key,
    rotating.rotate_key,
    stopping.disable_key,
    stopping.enable_key,
    revoking.revoke_key,
    notifying.notify,
    stopping.freeze_keys,
    stopping.thaw_keys,
    finding.find_key,
    using.show_usage,
    policy.show_policy,
    policy.show_limits,
    peppers.show_peppers,
)
for act in ACTS:
    keys.add_command(act)

commands = (keys,)
