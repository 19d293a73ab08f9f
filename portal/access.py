"""Who is asking, and what they may do. Every page, field and rule asks one frozen Principal, made once per request."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.database import lock, now
from portal.errors import Forbidden, NotFound
from portal.models import Membership
from portal.permissions import RULES, Permission, Role

CONFIRMED_FOR = timedelta(minutes=60)
LATELY = timedelta(minutes=15)


class Kind(StrEnum):
    """The four kinds of callers."""

    ANONYMOUS = "anonymous"
    MEMBER = "member"
    KEY = "key"
    OPERATOR = "operator"


class ConfirmationNeeded(Forbidden):
    """The act is allowed, once the person has confirmed who they are."""

    code = "CONFIRMATION_NEEDED"


@dataclass(frozen=True)
class Principal:
    """`own`: ids of its organizations. `roles`: organization → role (people). `grants`: permission → object ids, None for all (keys).

    `id` is a person's id or a key's id as text, "" for anonymous and the command line; `address` and `user_agent` are the request's.
    `points`: how many a key has a minute, and all keys of its organization (None: the defaults of limits.py).
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
        """Within the last quarter of an hour: asked before a form is filled in, which takes time, and before a key is widened."""
        return self.command_line or (self.confirmed_at is not None and now() - self.confirmed_at < LATELY)

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


def require(principal: Principal, permission: Permission, organization_id: int | None = None, object_id: int | None = None) -> None:
    """Passes or raises: NotFound for another organization's things, Forbidden, or ConfirmationNeeded."""
    rule = RULES[permission]
    if not principal.may(permission, organization_id, object_id):
        if organization_id is not None and organization_id not in principal.own:
            raise NotFound("There is nothing here.")
        raise Forbidden(refusal(principal, permission), required=[permission])
    if rule.confirm and not principal.confirmed:
        raise ConfirmationNeeded("Confirm who you are first.")


def begin(session: Session, principal: Principal, permission: Permission, organization_id: int) -> None:
    """How a write in an organization begins: require(), the registry's lock, and under it the person's role once more.

    A role that was taken away while the request was on its way is gone, whatever the principal was made with.
    """
    require(principal, permission, organization_id)
    lock(session)
    if principal.kind in {Kind.MEMBER, Kind.OPERATOR} and not principal.command_line:
        role = session.scalar(
            select(Membership.role).where(Membership.organization_id == organization_id, Membership.person_id == int(principal.id))
        )
        present = {organization_id: Role(role)} if role else {}
        require(replace(principal, roles=present), permission, organization_id)


def refusal(principal: Principal, permission: Permission) -> str:
    if principal.kind is Kind.KEY:
        return f"This API key lacks {permission}. An admin of its organization can add it."
    roles = " or ".join(sorted(RULES[permission].roles))
    return f"This needs the role {roles} in the organization." if roles else "This is for the portal's operators."


def describe_origin(principal: Principal) -> dict[str, Any]:
    """The columns of an audit row that say who acted and from where."""
    return {
        "actor_kind": "command line" if principal.command_line else principal.kind.value,
        "actor_id": principal.id,
        "actor_name": principal.name,
        "address": principal.address,
        "user_agent": principal.user_agent[:200],
    }
