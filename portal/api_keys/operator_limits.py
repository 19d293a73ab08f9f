"""The operator's ceilings: how many points a minute a key of an organization may have, and all of them together."""

from dataclasses import replace

from sqlalchemy.orm import Session

from portal.access.organizations import live_organization
from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import begin
from portal.api_keys.policy import KeyPolicy, read_policy, store_policy
from portal.audit import Event
from portal.errors import Invalid

MAX_POINTS = 10_000_000
CEILINGS = ("key_points", "organization_points")


def set_ceilings(session: Session, principal: Principal, organization_id: int, key_points: int, organization_points: int) -> KeyPolicy:
    """Holds from the next request of each key. A key whose own limit is higher has no more than the ceiling. For an operator.

    Returns the policy. Raises Invalid with the field that is wrong.
    """
    begin(session, principal, Permission.REGISTRY_OPERATE, organization_id)
    organization = live_organization(session, organization_id)
    for field, points in (("key_points", key_points), ("organization_points", organization_points)):
        if not 1 <= points <= MAX_POINTS:
            raise Invalid(f"Give 1 to {MAX_POINTS} points a minute.", field)
    if key_points > organization_points:
        raise Invalid("A key can't have more points a minute than all keys together.", "key_points")
    before = read_policy(session, organization_id)
    policy = replace(before, key_points=key_points, organization_points=organization_points)
    return store_policy(session, principal, organization, before, policy, CEILINGS, Event.ORGANIZATION_KEY_LIMITS_CHANGED)
