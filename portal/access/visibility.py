"""What of a principal decides which rows it sees: `Visibility` shapes statements, `bound_values()` are what is bound to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from typing import Any

from portal.access.permissions import RULES, Permission
from portal.access.principal import Kind, Principal

DIRECTORY = tuple(permission for permission, rule in RULES.items() if rule.directory)
PRIVATE = tuple(permission for permission in Permission if permission.action == "read_private")
LISTED = {permission: f"listed_{permission.resource}" for permission in PRIVATE}


class Pending(Enum):
    """Whose pending records are seen."""

    NOBODYS = 0
    OWN = 1
    ALL = 2


@dataclass(frozen=True)
class Visibility:
    """Equal for principals whose statements are the same. `private`: permission → whether only listed objects are meant."""

    reads: frozenset[Permission]
    private: frozenset[tuple[Permission, bool]]
    users_rows: bool
    pending: Pending

    @cached_property
    def scopes(self) -> frozenset[str]:
        """The scopes that it comes from, as networks:read."""
        return frozenset(permission.value for permission in (*self.reads, *(permission for permission, _ in self.private)))

    def covers(self, needed: frozenset[Permission]) -> bool:
        """Whether it has one of the permissions; nothing is needed where there are none."""
        return not needed or not needed.isdisjoint(self.reads) or any(permission in needed for permission, _ in self.private)


def visibility_of(principal: Principal) -> Visibility:
    return visibility_of_grants(frozenset(principal.grants.items())) if principal.kind is Kind.KEY else build_visibility(principal)


@lru_cache(maxsize=1000)
def visibility_of_grants(grants: frozenset[tuple[Permission, frozenset[int] | None]]) -> Visibility:
    """Of a key of whichever organization: a request needn't make it anew."""
    return build_visibility(Principal(Kind.KEY, grants=dict(grants), organization_id=0))


def build_visibility(principal: Principal) -> Visibility:
    return Visibility(
        reads=frozenset(permission for permission in DIRECTORY if principal.may(permission)),
        private=frozenset(private_of(principal)),
        users_rows=principal.reads_users_rows,
        pending=Pending.ALL if principal.kind is Kind.OPERATOR else Pending.OWN if principal.own else Pending.NOBODYS,
    )


def private_of(principal: Principal) -> list[tuple[Permission, bool]]:
    """A key's private reads are granted, wholly or for listed objects; a member has them for its own organizations."""
    if principal.kind is Kind.KEY:
        return [(permission, principal.grants[permission] is not None) for permission in PRIVATE if permission in principal.grants]
    return [(permission, False) for permission in PRIVATE] if principal.own else []


def bound_values(principal: Principal) -> Mapping[str, Any]:
    """What visibility binds: the ids of the own organizations, and of the objects that each private read lists."""
    bound: dict[str, Any] = {"own": sorted(principal.own)}
    for permission in PRIVATE:
        bound[LISTED[permission]] = sorted(principal.grants.get(permission) or ())
    return bound


def listed(permission: Permission) -> str:
    """The name under which a private read's listed objects are bound."""
    return LISTED[permission]
