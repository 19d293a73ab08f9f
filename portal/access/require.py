"""How a rule asks whether its caller may act, and how a write begins.

A rule takes the session and the principal, calls begin() or require() in its first lines, and gets settings by settings_of(session) alone:
it knows neither Flask nor the running app. It writes the audit row, may flush, and leaves the commit to its caller.
"""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.key_rows import grants_of_rows, read_key_rows, reason_to_refuse
from portal.access.permissions import RULES, Permission, Role
from portal.access.principal import Kind, Principal
from portal.access.token_refusals import Reason, TokenRefused
from portal.db.session import lock
from portal.errors import Forbidden, NotFound
from portal.models import Membership


class ConfirmationNeeded(Forbidden):
    """The act is allowed, once the person has confirmed who they are."""

    code = "CONFIRMATION_NEEDED"


def require(principal: Principal, permission: Permission, organization_id: int | None = None, object_id: int | None = None) -> None:
    """Returns or raises: NotFound for another organization's things, Forbidden, or ConfirmationNeeded."""
    rule = RULES[permission]
    if not principal.may(permission, organization_id, object_id):
        if organization_id is not None and organization_id not in principal.own:
            raise NotFound("There is nothing here.")
        raise Forbidden(refusal(principal, permission), required=[permission])
    if rule.confirm and not principal.confirmed:
        raise ConfirmationNeeded("Confirm who you are first.")


def begin(session: Session, principal: Principal, permission: Permission, organization_id: int, object_id: int | None = None) -> None:
    """How a write in an organization begins: require(), the registry's lock, and under it require() once more, of what is stored now.

    A role that was taken away, or a key that was stopped or narrowed while the request was on its way is gone, whatever the principal was
    made with. Raises what require() does, and TokenRefused for a key that doesn't work any more.
    """
    require(principal, permission, organization_id, object_id)
    lock(session)
    require(read_again(session, principal, organization_id), permission, organization_id, object_id)


def read_again(session: Session, principal: Principal, organization_id: int) -> Principal:
    """Returns the principal with the rights that are stored now; the command line has them all."""
    if principal.command_line or principal.kind is Kind.ANONYMOUS:
        return principal
    if principal.kind is Kind.KEY:
        return read_key_again(session, principal)
    role = session.scalar(
        select(Membership.role).where(Membership.organization_id == organization_id, Membership.person_id == int(principal.id))
    )
    return replace(principal, roles={organization_id: Role(role)} if role else {})


def read_key_again(session: Session, principal: Principal) -> Principal:
    """Raises Forbidden for a key that an admin acts as: what it would write, the key's holders would have to answer for."""
    if not principal.token_id:
        raise Forbidden("Nothing can be changed as an API key without its token.")
    rows = read_key_rows(session, principal.token_id)
    reason = reason_to_refuse(rows[0], principal.address) if rows else Reason.UNKNOWN
    if reason:
        raise TokenRefused(reason, principal.id, principal.token_id, principal.address)
    return replace(principal, grants=grants_of_rows(rows), organization_id=rows[0].organization_id)


def refusal(principal: Principal, permission: Permission) -> str:
    """Returns what a caller is told that lacks the permission."""
    if principal.kind is Kind.KEY and principal.grants.get(permission) is not None:
        return f"This API key has {permission} for chosen objects only. An admin of its organization can add others."
    if principal.kind is Kind.KEY:
        return f"This API key lacks {permission}. An admin of its organization can add it."
    roles = " or ".join(sorted(RULES[permission].roles))
    return f"This needs the role {roles} in the organization." if roles else "This is for the portal's operators."
