"""What a key with some grants would find now, counted by the same conditions that its requests would be answered by."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from portal.access.permissions import Permission, Role
from portal.access.principal import Kind, Principal
from portal.access.require import require
from portal.api_keys.grants import Grants
from portal.registry.read.owned_objects import count_own, count_private, own_objects
from portal.registry.read.queries import counts
from portal.registry.types import LISTED_TYPES

Names = Mapping[str, Mapping[int, str]]


@dataclass(frozen=True)
class DryRun:
    """`seen`: tag → rows that it reads, of all organizations; `own`: resource → how many of them are the organization's.

    `private`: private read → rows that show it something private. `ours`: resource → all that the organization has, whatever it reads.
    `names`: resource → id → label of the objects that the grants list.
    """

    seen: Mapping[str, int]
    own: Mapping[str, int]
    private: Mapping[Permission, int]
    ours: Mapping[str, int]
    names: Names


def dry_run(connection: Connection, principal: Principal, organization_id: int, grants: Grants) -> DryRun:
    """Raises what require() does."""
    require(principal, Permission.KEYS_MANAGE, organization_id)
    key = Principal(kind=Kind.KEY, grants=dict(grants), organization_id=organization_id)
    admin = Principal(kind=Kind.MEMBER, roles={organization_id: Role.ADMIN})  # of this organization alone
    return DryRun(
        seen=counts(connection, key),
        own=count_own(connection, key),
        private=count_private(connection, key),
        ours=count_own(connection, admin),
        names=names_of(connection, principal, organization_id, grants),
    )


def names_of(connection: Connection, principal: Principal, organization_id: int, *several: Grants) -> Names:
    """The labels of the organization's objects that grants list; those of contacts are networks."""
    ids: dict[str, set[int]] = {}
    for grants in several:
        for permission, chosen in grants.items():
            ids.setdefault(permission.resource, set()).update(chosen or ())
    labels: dict[str, Mapping[int, str]] = {}
    for resource, listed_ids in ids.items():
        if listed_ids:
            listed = LISTED_TYPES[resource].resource
            labels[resource] = {ours.id: ours.label for ours in own_objects(connection, principal, listed, organization_id, ids=listed_ids)}
    return labels
