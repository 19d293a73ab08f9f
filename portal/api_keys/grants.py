"""Grants: the lines of a key's scope, as stored and as a mapping from permission to chosen objects (None: all of ours)."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.permissions import GRANTABLE, RULES, Permission
from portal.errors import Invalid
from portal.models import ApiKey, ApiKeyGrant, ApiKeyGrantObject
from portal.registry.records import DELETED
from portal.registry.types import LISTED_TYPES

Grants = Mapping[Permission, frozenset[int] | None]


def check_grants(session: Session, organization_id: int, grants: Grants) -> None:
    """Raises Invalid for a permission that no key can hold, a list where there is none, or an object that isn't the organization's."""
    if not grants:
        raise Invalid("Choose at least one thing that the key may do.", "grants")
    for permission, chosen in grants.items():
        if permission not in GRANTABLE:
            raise Invalid(f"An API key can't hold {permission}.", "grants")
        if chosen is None:
            continue
        if not RULES[permission].objects:
            raise Invalid(f"{permission} has no list of objects.", "grants")
        if not chosen:
            raise Invalid(f"Choose at least one object for {permission}, or all of them.", "grants")
        check_objects(session, organization_id, permission, chosen)


def check_objects(session: Session, organization_id: int, permission: Permission, chosen: frozenset[int]) -> None:
    objects = LISTED_TYPES[permission.resource].table.c
    where = (objects.organization_id == organization_id, objects.status != DELETED)
    strangers = chosen - set(session.scalars(select(objects.id).where(*where)))
    if strangers:
        raise Invalid(f"Not of this organization, for {permission}: {', '.join(map(str, sorted(strangers)))}.", "grants")


def grants_of(key: ApiKey) -> dict[Permission, frozenset[int] | None]:
    """A stored key's grants; needs them loaded."""
    return {Permission(f"{line.resource}:{line.action}"): objects_of(line) for line in key.grants}


def objects_of(line: ApiKeyGrant) -> frozenset[int] | None:
    return None if line.whole else frozenset(chosen.object_id for chosen in line.objects)


def store_grants(session: Session, key: ApiKey, grants: Grants) -> None:
    """Replaces the key's lines."""
    key.grants.clear()
    if key in session:
        session.flush()  # the old lines go before new ones of the same permission come
    for permission in sorted(grants):
        chosen = grants[permission]
        objects = [ApiKeyGrantObject(object_id=identity) for identity in sorted(chosen or ())]
        key.grants.append(ApiKeyGrant(resource=permission.resource, action=permission.action, whole=chosen is None, objects=objects))


def describe_grants(grants: Grants) -> list[str]:
    """`networks:update 20,25`, one text a line, sorted: for the audit and for machines."""
    return sorted(
        permission if chosen is None else f"{permission} {','.join(map(str, sorted(chosen)))}" for permission, chosen in grants.items()
    )
