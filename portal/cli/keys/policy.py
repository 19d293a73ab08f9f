"""`portal keys policy` and `portal keys limits`: what an organization asks of its keys, and what the operator lets them have."""

from dataclasses import replace
from typing import Any

import click
from sqlalchemy.orm import Session

from portal.access.organizations import live_organization
from portal.access.principal import COMMAND_LINE
from portal.api_keys.operator_limits import MAX_POINTS, set_ceilings
from portal.api_keys.policy import MAX_DAYS, KeyPolicy, read_policy, set_policy
from portal.api_keys.queries.key_list import keys_against
from portal.cli.context import open_registry
from portal.cli.ids import OF_ORGANIZATION
from portal.cli.keys.options import AS_JSON
from portal.cli.output import say_facts
from portal.limits.budgets import KEY_POINTS, ORGANIZATION_POINTS

DAYS = click.IntRange(1, MAX_DAYS)


class Points(click.ParamType[int]):
    """A number, or `default`, which is 0 here."""

    name = "points"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        return 0 if value == "default" else click.IntRange(1, MAX_POINTS).convert(value, param, ctx)


@click.command("policy")
@OF_ORGANIZATION
@click.option("--longest-days", type=DAYS, metavar="N", help="How many days a key may live, from when its last day is chosen.")
@click.option("--never-allowed/--never-refused", default=None, help="Whether keys may be made that never expire.")
@click.option("--addresses-required/--addresses-free", default=None, help="Whether every key must say from where it is used.")
@click.option(
    "--self-rotation-allowed/--self-rotation-refused", default=None, help="Whether keys with keys:rotate_self can rotate themselves."
)
@click.option("--unused-days", type=DAYS, metavar="N", help="After how many days an unused key is reported.")
@click.option("--unused-never", is_flag=True, help="Unused keys aren't reported.")
@AS_JSON
def show_policy(organization_id: int, unused_never: bool, as_json: bool, **said: Any) -> None:
    """Show what an organization, by its id, asks of its API keys, or change it.

    Keys that don't comply go on working; they are listed here and on the organization's pages.
    """
    if unused_never and said["unused_days"] is not None:
        raise click.UsageError("Say --unused-days or --unused-never, not both.")
    chosen = {name: value for name, value in said.items() if value is not None} | ({"unused_days": None} if unused_never else {})
    with open_registry() as session:
        name, policy = live_organization(session, organization_id).name, read_policy(session, organization_id)
        if chosen:
            policy = set_policy(session, COMMAND_LINE, organization_id, replace(policy, **chosen), seen=policy.changed)
            session.commit()
        facts = {"organization": organization_id, "name": name, **describe_policy(session, organization_id, policy, as_json)}
    say_facts(facts, as_json)


def describe_policy(session: Session, organization_id: int, policy: KeyPolicy, as_json: bool) -> dict[str, Any]:
    keys = keys_against(session.connection(), COMMAND_LINE, organization_id, policy)
    breaching = [{"keyId": key.id, "name": key.name, "breaches": list(key.against(policy))} for key in keys]
    return {
        "longestDays": policy.longest_days,
        "neverAllowed": policy.never_allowed,
        "addressesRequired": policy.addresses_required,
        "selfRotationAllowed": policy.self_rotation_allowed,
        "unusedDays": policy.unused_days,
        "breaching": breaching if as_json else [f"{key['keyId']}  {key['name']}: {' '.join(key['breaches'])}" for key in breaching],
    }


@click.command("limits")
@OF_ORGANIZATION
@click.option("--per-key", type=Points(), metavar="N", help='Points a minute that a key may have, or "default".')
@click.option("--all", "every", type=Points(), metavar="N", help='Points a minute of all keys together, or "default".')
@AS_JSON
def show_limits(organization_id: int, per_key: int | None, every: int | None, as_json: bool) -> None:
    """Show how many points a minute the API keys of an organization, by its id, may have, or change it.

    A request costs a point for every 100 rows, at least 1. It holds from each key's next request on.
    """
    with open_registry() as session:
        name, policy = live_organization(session, organization_id).name, read_policy(session, organization_id)
        if per_key is not None or every is not None:
            of_key = policy.key_points if per_key is None else per_key or KEY_POINTS
            of_all = policy.organization_points if every is None else every or ORGANIZATION_POINTS
            policy = set_ceilings(session, COMMAND_LINE, organization_id, of_key, of_all)
            session.commit()
    say_facts({"organization": organization_id, "name": name, "perKey": policy.key_points, "all": policy.organization_points}, as_json)
