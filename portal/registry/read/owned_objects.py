"""What an organization owns: objects for a list to choose from, by their ids or ASNs, and how many of its rows a principal sees."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from portal.access.permissions import P, Permission
from portal.access.principal import Principal
from portal.access.visibility import bound_values, visibility_of
from portal.db.sql import among
from portal.registry.contact_visibility import PRIVATE
from portal.registry.contacts import CONTACT
from portal.registry.description import RecordType
from portal.registry.exchanges import PEERING_LAN
from portal.registry.networks import NETWORK
from portal.registry.ownership import owned
from portal.registry.read.visible import shown, visible
from portal.registry.records import DELETED
from portal.registry.types import MAIN_TYPES, OBJECT_TYPES


@dataclass(frozen=True)
class OwnObject:
    """An object of an organization, for a list to choose from: `AS64500 Example Net`."""

    id: int
    label: str
    asn: int | None = None


def objects_of(connection: Connection, principal: Principal, organization_id: int) -> dict[str, list[OwnObject]]:
    """Resource → the organization's objects that a grant can list, pending ones too if the principal may see them; by label."""
    return {resource: own_objects(connection, principal, resource, organization_id) for resource in OBJECT_TYPES}


def own_objects(
    connection: Connection,
    principal: Principal,
    resource: str,
    organization_id: int,
    *,
    ids: Collection[int] | None = None,
    asns: Collection[int] = (),
) -> list[OwnObject]:
    """The resource's, all of them or those with one of these ids or ASNs; by label."""
    kind = OBJECT_TYPES[resource]
    rows, numbered = kind.table, "asn" in kind.table.c
    label = (rows.c.asn if numbered else rows.c.id, rows.c.name)
    statement = own(select(rows.c.id, *label), principal, kind, organization_id).order_by(*label)
    if ids is not None:
        is_listed = among(rows.c.id, "ids")
        statement = statement.where(or_(is_listed, among(rows.c.asn, "asns")) if numbered else is_listed)
    rows_of_objects: Any = connection.execute(statement, {**bound_values(principal), "ids": sorted(ids or ()), "asns": sorted(asns)}).all()
    return [OwnObject(row[0], f"AS{row[1]} {row[2]}", row[1]) if numbered else OwnObject(row[0], row[2]) for row in rows_of_objects]


def own(statement: Select[Any], principal: Principal, kind: RecordType, organization_id: int) -> Select[Any]:
    """Of the organization's own rows those that aren't deleted and that the principal sees."""
    rows = kind.table
    return statement.where(
        rows.c.organization_id == organization_id, rows.c.status != DELETED, visible(visibility_of(principal), kind, rows)
    )


def count_objects(connection: Connection, principal: Principal, organization_id: int) -> dict[str, int]:
    """Resource → how many objects objects_of() would tell, by one statement."""
    counted = [
        own(select(func.count()).select_from(kind.table), principal, kind, organization_id).scalar_subquery()
        for kind in OBJECT_TYPES.values()
    ]
    return dict(zip(OBJECT_TYPES, connection.execute(select(*counted), bound_values(principal)).one(), strict=True))


def count_own(connection: Connection, principal: Principal) -> dict[str, int]:
    """Resource → how many rows of its own organizations the principal sees, those of contacts being its networks'; by one statement."""
    counted = [count_seen(principal, kind, owned(kind, kind.table)) for kind in MAIN_TYPES.values()]
    return dict(zip(MAIN_TYPES, connection.execute(select(*counted), bound_values(principal)).one(), strict=True))


def count_private(connection: Connection, principal: Principal) -> Mapping[Permission, int]:
    """Private read → how many rows of its own organizations show the principal a private value; by one statement."""
    visibility, networks, lans, contacts = visibility_of(principal), NETWORK.table, PEERING_LAN.table, CONTACT.table
    notes = shown(visibility, NETWORK, networks, "notes_private") != ""
    lists = (shown(visibility, PEERING_LAN, lans, "ixf_ixp_member_list_url") != "", lans.c.ixf_ixp_member_list_url_visible == "Private")
    counted = {
        P.NETWORKS_READ_PRIVATE: count_seen(principal, NETWORK, owned(NETWORK, networks), notes),
        P.EXCHANGES_READ_PRIVATE: count_seen(principal, PEERING_LAN, owned(PEERING_LAN, lans), *lists),
        P.CONTACTS_READ_PRIVATE: count_seen(principal, CONTACT, owned(CONTACT, contacts), contacts.c.visible == PRIVATE),
    }
    return dict(zip(counted, connection.execute(select(*counted.values()), bound_values(principal)).one(), strict=True))


def count_seen(principal: Principal, kind: RecordType, *conditions: ColumnElement[bool]) -> Any:
    rows = kind.table
    return select(func.count()).select_from(rows).where(visible(visibility_of(principal), kind, rows), *conditions).scalar_subquery()
