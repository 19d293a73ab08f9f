"""How a rule asks whether its caller may act, and how a write begins."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.permissions import RULES, Permission, Role
from portal.access.principal import Kind, Principal
from portal.db.session import lock
from portal.errors import Forbidden, NotFound
from portal.models import Membership


class ConfirmationNeeded(Forbidden):
    """The act is allowed, once the person has confirmed who they are."""

    code = "CONFIRMATION_NEEDED"


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
