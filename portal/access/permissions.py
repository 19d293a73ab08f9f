"""The one table of what can be permitted: which roles may do it, and whether an organization's key can be granted it.

The form for keys, the schema's @requiresScope, error texts and documentation all read it; what isn't here isn't reachable.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a member may do in an organization."""

    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"


class Permission(StrEnum):
    """`resource:action`, the text that stands in grants, errors and documentation."""

    NETWORKS_READ = "networks:read"
    NETWORKS_READ_PRIVATE = "networks:read_private"
    NETWORKS_CREATE = "networks:create"
    NETWORKS_UPDATE = "networks:update"
    NETWORKS_DELETE = "networks:delete"
    EXCHANGES_READ = "exchanges:read"
    EXCHANGES_READ_PRIVATE = "exchanges:read_private"
    EXCHANGES_CREATE = "exchanges:create"
    EXCHANGES_UPDATE = "exchanges:update"
    EXCHANGES_DELETE = "exchanges:delete"
    FACILITIES_READ = "facilities:read"
    FACILITIES_CREATE = "facilities:create"
    FACILITIES_UPDATE = "facilities:update"
    FACILITIES_DELETE = "facilities:delete"
    CARRIERS_READ = "carriers:read"
    CARRIERS_CREATE = "carriers:create"
    CARRIERS_UPDATE = "carriers:update"
    CARRIERS_DELETE = "carriers:delete"
    CAMPUSES_READ = "campuses:read"
    CAMPUSES_CREATE = "campuses:create"
    CAMPUSES_UPDATE = "campuses:update"
    CAMPUSES_DELETE = "campuses:delete"
    CONTACTS_READ = "contacts:read"
    CONTACTS_READ_PRIVATE = "contacts:read_private"
    CONTACTS_CREATE = "contacts:create"
    CONTACTS_UPDATE = "contacts:update"
    CONTACTS_DELETE = "contacts:delete"
    ORGANIZATION_UPDATE = "organization:update"
    USAGE_READ = "usage:read"
    AUDIT_READ = "audit:read"
    KEYS_ROTATE_SELF = "keys:rotate_self"
    KEYS_SEE = "keys:see"
    KEYS_ACT_AS = "keys:act_as"
    KEYS_MANAGE = "keys:manage"
    MEMBERS_MANAGE = "members:manage"
    REGISTRY_OPERATE = "registry:operate"

    @property
    def resource(self) -> str:
        return self.value.partition(":")[0]

    @property
    def action(self) -> str:
        return self.value.partition(":")[2]


@dataclass(frozen=True)
class Rule:
    """The roles that may, and `says`, the words that a key's form and review use.

    `grantable`: an organization's key can hold it. `directory`: it covers the whole registry, for every principal that isn't a key.
    `objects`: it acts on what the organization owns, all of it or a chosen list. `confirm`: the person confirms first who they are.
    """

    says: str
    roles: frozenset[Role] = frozenset({Role.ADMIN})
    grantable: bool = True
    directory: bool = False
    objects: bool = False
    confirm: bool = False


EDITORS = frozenset({Role.ADMIN, Role.EDITOR})
ALL_ROLES = frozenset(Role)
P = Permission
NOUNS = {
    "networks": "networks, with their ports and facilities",
    "exchanges": "exchanges, with their LANs, prefixes, ports and facilities",
    "facilities": "facilities",
    "carriers": "carriers",
    "campuses": "campuses",
    "contacts": "networks' contacts",
}

RULES: dict[Permission, Rule] = {
    **{P(f"{noun}:read"): Rule(f"Read every organization's {words}", ALL_ROLES, directory=True) for noun, words in NOUNS.items()},
    **{P(f"{noun}:create"): Rule(f"Create our {words}", EDITORS) for noun, words in NOUNS.items()},
    **{P(f"{noun}:update"): Rule(f"Update our {words}", EDITORS, objects=True) for noun, words in NOUNS.items()},
    **{P(f"{noun}:delete"): Rule(f"Delete our {words}", EDITORS, objects=True) for noun, words in NOUNS.items()},
    P.CONTACTS_READ: Rule("Read contacts marked Public or Users, every organization's", ALL_ROLES, directory=True),
    P.NETWORKS_READ_PRIVATE: Rule("Read our networks' private notes", ALL_ROLES, objects=True),
    P.EXCHANGES_READ_PRIVATE: Rule("Read our exchanges' private member-list addresses", ALL_ROLES, objects=True),
    P.CONTACTS_READ_PRIVATE: Rule("Read our private contacts", ALL_ROLES, objects=True),
    P.ORGANIZATION_UPDATE: Rule("Update our organization's own details"),
    P.USAGE_READ: Rule("Read how our keys are used", EDITORS),
    P.AUDIT_READ: Rule("Read our activity"),
    P.KEYS_ROTATE_SELF: Rule("Rotate itself: get a new token without an admin", frozenset()),  # people have keys:manage
    P.KEYS_SEE: Rule("See our keys", ALL_ROLES, grantable=False),
    P.KEYS_ACT_AS: Rule("Run queries as one of our keys", grantable=False),  # which sees nothing that an admin doesn't
    P.KEYS_MANAGE: Rule("Issue, edit and revoke our keys", grantable=False, confirm=True),
    P.MEMBERS_MANAGE: Rule("Add and remove our members", grantable=False, confirm=True),
    P.REGISTRY_OPERATE: Rule("Operate the registry", frozenset(), grantable=False),
}

GRANTABLE = tuple(permission for permission in Permission if RULES[permission].grantable)


def least(scopes: Iterable[str]) -> str:
    """Returns the scope that allows least, the first in the table, of several of which any one would do."""
    order = list(Permission)
    return min(scopes, key=lambda scope: order.index(Permission(scope)))
