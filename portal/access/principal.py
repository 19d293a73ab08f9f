"""Who is calling, and what they may do. Every page, field and rule asks one frozen Principal, which is made once per request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from portal.access.permissions import RULES, Permission, Role
from portal.db.session import now

CONFIRMED_FOR = timedelta(minutes=60)
CONFIRMED_LATELY_FOR = timedelta(minutes=15)


class Kind(StrEnum):
    """The four kinds of callers."""

    ANONYMOUS = "anonymous"
    MEMBER = "member"
    KEY = "key"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Principal:
    """`own`: ids of its organizations. `roles`: organization → role (people). `grants`: permission → object ids, None for all (keys).

    `id` is a person's id or a key's id as text, "" for anonymous and the command line; `address` and `user_agent` are the request's.
    `token_id`: with which of a key's tokens the request came, "" for a key that an admin acts as.
    `points`: how many a key has a minute, and all keys of its organization (None: the defaults of portal/limits).
    """

    kind: Kind = Kind.ANONYMOUS
    id: str = ""
    name: str = "Anonymous"
    roles: Mapping[int, Role] = field(default_factory=lambda: MappingProxyType({}))
    grants: Mapping[Permission, frozenset[int] | None] = field(default_factory=lambda: MappingProxyType({}))
    organization_id: int | None = None
    confirmed_at: datetime | None = None
    address: str = ""
    user_agent: str = ""
    command_line: bool = False
    token_id: str = ""
    points: int | None = None
    organization_points: int | None = None

    @property
    def own(self) -> frozenset[int]:
        return frozenset(self.roles) if self.organization_id is None else frozenset({self.organization_id})

    @property
    def confirmed(self) -> bool:
        """Whether the person confirmed who they are within the last hour; the command line needn't."""
        return self.command_line or (self.confirmed_at is not None and now() - self.confirmed_at < CONFIRMED_FOR)

    @property
    def confirmed_lately(self) -> bool:
        """Whether they did so within the last 15 minutes: asked before a form, which takes time to fill in, and before a key is widened."""
        return self.command_line or (self.confirmed_at is not None and now() - self.confirmed_at < CONFIRMED_LATELY_FOR)

    @property
    def reads_users_rows(self) -> bool:
        """Whether rows marked Users are for it: people of some organization, operators, and keys that may read contacts."""
        if self.kind is Kind.KEY:
            return Permission.CONTACTS_READ in self.grants
        return self.kind is Kind.OPERATOR or bool(self.roles)

    def may(self, permission: Permission, organization_id: int | None = None, object_id: int | None = None) -> bool:
        """Whether it may do this, to this organization's object; an unconfirmed person still may (see require())."""
        rule = RULES[permission]
        if self.command_line:
            return True
        if self.kind is Kind.KEY:
            if permission not in self.grants or not rule.grantable or not (rule.directory or organization_id in self.own):
                return False
            chosen = self.grants[permission]
            return chosen is None or object_id in chosen
        if rule.directory:
            return True
        if permission is Permission.REGISTRY_OPERATE:
            return self.kind is Kind.OPERATOR
        return organization_id is not None and self.roles.get(organization_id) in rule.roles


COMMAND_LINE = Principal(kind=Kind.OPERATOR, name="Command line", command_line=True)
ANONYMOUS = Principal()


def describe_origin(principal: Principal) -> dict[str, Any]:
    """The columns of an audit row that say who acted and from where."""
    return {
        "actor_kind": "command line" if principal.command_line else principal.kind.value,
        "actor_id": principal.id,
        "actor_name": principal.name,
        "address": principal.address,
        "user_agent": principal.user_agent[:200],
    }
