"""What an edit changes about a key, in sentences, and whether it lets the key do more than before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_network

from portal.access.permissions import RULES, Permission
from portal.api_keys.policy import KeyPolicy
from portal.api_keys.wording import name_some

Chosen = frozenset[int] | None


@dataclass(frozen=True)
class Terms:
    """What a key may do, from where, how much and until when; of issue's words without the name and the like."""

    expires_on: date | None
    grants: Mapping[Permission, Chosen]
    addresses: Sequence[str]
    points: int | None


@dataclass(frozen=True)
class Change:
    """A sentence. `widens`: the key can do more, or longer, or from more places."""

    says: str
    widens: bool


def differences(before: Terms, after: Terms, policy: KeyPolicy, names: Mapping[str, Mapping[int, str]]) -> list[Change]:
    """`names`: resource → id → label, of the objects that grants list."""
    changes = []
    if before.expires_on != after.expires_on:
        later = is_later(after.expires_on, before.expires_on)
        changes.append(Change(say_expiry(before.expires_on, after.expires_on), later))
    for permission in Permission:
        changes += grant_differences(permission, before.grants, after.grants, names)
    if list(before.addresses) != list(after.addresses):
        more = not all(inside(block, before.addresses) for block in after.addresses or ("0.0.0.0/0", "::/0"))
        changes.append(Change(f"It works from {say_places(after.addresses)} instead of {say_places(before.addresses)}.", more))
    if before.points != after.points:
        was, becomes = before.points or policy.key_points, after.points or policy.key_points
        changes.append(Change(f"It has {becomes:,} points a minute instead of {was:,}.", becomes > was))
    return changes


def is_later(day: date | None, before: date | None) -> bool:
    """Whether a last day is later than another; None, never, is later than any."""
    return before is not None and (day is None or day > before)


def widens(before: Terms, after: Terms, policy: KeyPolicy) -> bool:
    return any(change.widens for change in differences(before, after, policy, {}))


def grant_differences(
    permission: Permission, before: Mapping[Permission, Chosen], after: Mapping[Permission, Chosen], names: Mapping[str, Mapping[int, str]]
) -> list[Change]:
    says = f"{RULES[permission].says} ({permission})"
    if permission not in after:
        return [Change(f"No longer: {says}.", False)] if permission in before else []
    if permission not in before:
        return [Change(f"New: {says}{say_only(permission, after[permission], names)}.", True)]
    was, becomes = before[permission], after[permission]
    if was == becomes:
        return []
    if was is None:
        return [Change(f"Less: {says}{say_only(permission, becomes, names)}, no longer with all of ours.", False)]
    if becomes is None:
        return [Change(f"More: {says}, all of ours, no longer only {say_names(permission, was, names)}.", True)]
    changes = (("More", "also with", becomes - was, True), ("Less", "no longer with", was - becomes, False))
    return [Change(f"{word}: {says}, {how} {say_names(permission, ids, names)}.", more) for word, how, ids, more in changes if ids]


def say_only(permission: Permission, chosen: Chosen, names: Mapping[str, Mapping[int, str]]) -> str:
    return "" if chosen is None else f", only {say_names(permission, chosen, names)}"


def say_names(permission: Permission, chosen: frozenset[int], names: Mapping[str, Mapping[int, str]]) -> str:
    labels = names.get(permission.resource, {})
    return name_some([labels.get(identity, f"number {identity}") for identity in sorted(chosen)])


def inside(block: str, blocks: Sequence[str]) -> bool:
    """Whether one of the blocks covers it; none at all cover everything."""
    network = ip_network(block)
    return not blocks or any(network.version == one.version and network.subnet_of(one) for one in map(ip_network, blocks))  # type: ignore[arg-type]  # of one version


def say_expiry(before: date | None, after: date | None) -> str:
    if after is None:
        return f"It no longer expires; before, it expired on {before}."
    return f"It expires on {after} instead of {before or 'never'}."


def say_places(blocks: Sequence[str]) -> str:
    return name_some(list(blocks)) if blocks else "any address"
