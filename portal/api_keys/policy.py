"""What an organization asks of its API keys: the form says so before it refuses, and it is checked whenever a key is issued or edited.

Keys that were made before a policy go on working; those that don't comply are listed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select
from sqlalchemy.orm import Session

from portal.access.organizations import live_organization
from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import begin
from portal.api_keys.notices.notices import tell_policy_changed
from portal.audit import Event, Subject, record
from portal.audit.changes import changed_values
from portal.db.session import now
from portal.errors import Conflict, Invalid
from portal.limits.budgets import KEY_POINTS, ORGANIZATION_POINTS
from portal.models import ApiKeyPolicy
from portal.registry.organizations import Organization

MAX_DAYS = 3660
DEFAULT_DAYS = 365  # that a key lives, in the browser and from the command line, unless its creator chooses otherwise
# By the organization's admins.
CHOSEN_BY_ADMINS = ("longest_days", "never_allowed", "addresses_required", "self_rotation_allowed", "unused_days")
POLICY_COLUMNS: tuple[ColumnElement[Any], ...] = (
    ApiKeyPolicy.longest_days.expression,
    ApiKeyPolicy.never_allowed.expression,
    ApiKeyPolicy.addresses_required.expression,
    ApiKeyPolicy.self_rotation_allowed.expression,
    ApiKeyPolicy.unused_days.expression,
    ApiKeyPolicy.key_points.expression,
    ApiKeyPolicy.organization_points.expression,
    ApiKeyPolicy.changed.label("policy_changed"),
)


@dataclass(frozen=True)
class KeyPolicy:
    """`longest_days`: to a key's last day, from today on. `unused_days`: after which an unused key is warned of; None: never.

    The points a minute are the most that a key may have, and all of them together; the operator sets them. `changed`: the registry's
    version of the policy's last change, 0 where it was never changed. `self_rotation_allowed`: to keys with keys:rotate_self.
    """

    longest_days: int = 366
    never_allowed: bool = False
    addresses_required: bool = False
    unused_days: int | None = 60
    key_points: int = KEY_POINTS
    organization_points: int = ORGANIZATION_POINTS
    changed: int = 0
    self_rotation_allowed: bool = True

    @property
    def latest_day(self) -> date:
        """The last UTC day that a key may be given today."""
        return now().date() + timedelta(days=self.longest_days)

    @property
    def default_days(self) -> int:
        """How long a key lives whose creator chooses nothing else."""
        return min(DEFAULT_DAYS, self.longest_days)


def read_policy(source: Session | Connection, organization_id: int) -> KeyPolicy:
    """The organization's policy, or the defaults."""
    row = source.execute(select(*POLICY_COLUMNS).where(ApiKeyPolicy.organization_id == organization_id)).one_or_none()
    return KeyPolicy() if row is None else policy_of_row(row)


def policy_of_row(row: Row[Any]) -> KeyPolicy:
    """From a row with the columns of POLICY_COLUMNS, which are empty where the organization has none."""
    if row.longest_days is None:
        return KeyPolicy()
    return KeyPolicy(
        longest_days=row.longest_days,
        never_allowed=row.never_allowed,
        addresses_required=row.addresses_required,
        self_rotation_allowed=row.self_rotation_allowed,
        unused_days=row.unused_days,
        key_points=row.key_points or KEY_POINTS,
        organization_points=row.organization_points or ORGANIZATION_POINTS,
        changed=row.policy_changed,
    )


def set_policy(session: Session, principal: Principal, organization_id: int, policy: KeyPolicy, *, seen: int) -> KeyPolicy:
    """Changes what admins choose to what is wanted; keys that don't comply then go on working. Returns the policy.

    `seen` is the policy's `changed` when the admin looked: a newer one is a Conflict. Raises Invalid with the field that is wrong.
    """
    begin(session, principal, Permission.KEYS_MANAGE, organization_id)
    organization = live_organization(session, organization_id)
    before = read_policy(session, organization_id)
    if before.changed != seen:
        raise Conflict("Someone else changed the policy meanwhile. Look at its newest state, then change it again.")
    check_policy(policy)
    return store_policy(session, principal, organization, before, policy, CHOSEN_BY_ADMINS, Event.ORGANIZATION_KEY_POLICY_CHANGED)


def check_policy(policy: KeyPolicy) -> None:
    """Raises Invalid for days beyond what makes sense."""
    if not 1 <= policy.longest_days <= MAX_DAYS:
        raise Invalid(f"Give 1 to {MAX_DAYS} days.", "longest_days")
    if policy.unused_days is not None and not 1 <= policy.unused_days <= MAX_DAYS:
        raise Invalid(f"Give 1 to {MAX_DAYS} days, or leave it empty.", "unused_days")


def store_policy(
    session: Session,
    principal: Principal,
    organization: Organization,
    before: KeyPolicy,
    policy: KeyPolicy,
    names: Sequence[str],
    event: Event,
) -> KeyPolicy:
    """Writes the named values where they differ, with a row of the audit that says from what to what. Returns the policy."""
    difference = changed_values({name: getattr(before, name) for name in names}, {name: getattr(policy, name) for name in names})
    if not difference:
        return before
    row = session.get(ApiKeyPolicy, organization.id)
    if row is None:
        row = ApiKeyPolicy(organization_id=organization.id, **{name: getattr(before, name) for name in CHOSEN_BY_ADMINS})
        session.add(row)
    for name, (_, value) in difference.items():
        setattr(row, name, value)
    record(session, principal, event, organization_id=organization.id, subject=Subject.of_organization(organization), details=difference)
    session.flush()
    tell_policy_changed(session, principal, organization, row.changed, {name: value for name, (_, value) in difference.items()})
    return replace(before, **{name: value for name, (_, value) in difference.items()}, changed=row.changed)


def check_day(policy: KeyPolicy, day: date | None) -> None:
    """Raises Invalid for a last day that is over or too far away, and for none where the organization wants one."""
    if day is None:
        if not policy.never_allowed:
            raise Invalid("Your organization's policy requires every API key to expire. Choose a date.", "expires_on")
        return
    if day < now().date():
        raise Invalid("This date is in the past. Choose a later one.", "expires_on")
    if day > policy.latest_day:
        raise Invalid(f"An API key lives at most {policy.longest_days} days. Choose an earlier date.", "expires_on")


def check_addresses(policy: KeyPolicy, blocks: Sequence[str]) -> None:
    """Raises Invalid where the organization wants addresses and none were given."""
    if policy.addresses_required and not blocks:
        raise Invalid("Your organization's policy requires addresses for every API key. Enter at least one.", "addresses")


def check_self_rotation(policy: KeyPolicy, before: Collection[Permission], after: Collection[Permission]) -> None:
    """Raises Invalid where a key is given the permission to rotate itself, and the organization doesn't allow that."""
    if not policy.self_rotation_allowed and Permission.KEYS_ROTATE_SELF in set(after) - set(before):
        raise Invalid(f"Your organization's policy doesn't allow keys to rotate themselves ({Permission.KEYS_ROTATE_SELF}).", "grants")


def check_points(policy: KeyPolicy, points: int | None) -> None:
    """Raises Invalid for points beyond what the operator lets a key have, or less than one."""
    if points is not None and not 1 <= points <= policy.key_points:
        raise Invalid(f"Give 1 to {policy.key_points} points a minute.", "points")


def breaches(policy: KeyPolicy, *, expires_at: datetime | None, addresses: Sequence[str] | None) -> list[str]:
    """What about a live key the policy wouldn't allow today, in words; empty for one that complies. `addresses` None: not to be told.

    A key complies while it ends no later than one that was made today could.
    """
    sentences = []
    if expires_at is None and not policy.never_allowed:
        sentences.append("It never expires.")
    if expires_at is not None and expires_at.date() > policy.latest_day:
        sentences.append(f"It expires later than {policy.longest_days} days from today.")
    if policy.addresses_required and addresses is not None and not addresses:
        sentences.append("It can be used from any address.")
    return sentences
