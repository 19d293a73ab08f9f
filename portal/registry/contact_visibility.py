"""Who sees which contacts: each row says who may see it, and this is how a statement asks for it."""

from sqlalchemy import ColumnElement, FromClause, and_, false, or_

from portal.access.permissions import Permission
from portal.access.visibility import Visibility
from portal.registry.networks import NETWORK
from portal.registry.ownership import belongs, private

PUBLIC, USERS, PRIVATE = "Public", "Users", "Private"  # from the widest


def widest(*choices: str | None) -> str:
    """The widest of those that are given, Private where none is."""
    return next((audience for audience in (PUBLIC, USERS) if audience in choices), PRIVATE)


def seen(visibility: Visibility, rows: FromClause) -> ColumnElement[bool]:
    """Public rows for everyone who reads contacts, Users rows for members and such keys, Private rows for the own organization."""
    return covered(visibility, rows, rows.c.visible)


def once_seen(visibility: Visibility, rows: FromClause) -> ColumnElement[bool]:
    """The same by the widest visibility that a row ever had."""
    return or_(covered(visibility, rows, rows.c.was_visible), seen(visibility, rows))


def covered(visibility: Visibility, rows: FromClause, visible: ColumnElement[str]) -> ColumnElement[bool]:
    choices: list[ColumnElement[bool]] = []
    if Permission.CONTACTS_READ in visibility.reads:
        choices.append(visible == PUBLIC)
        if visibility.users_rows:
            choices.append(visible == USERS)
    if any(permission is Permission.CONTACTS_READ_PRIVATE for permission, _ in visibility.private):
        own = private(visibility, Permission.CONTACTS_READ_PRIVATE, belongs(rows.c.network_id, NETWORK), rows.c.network_id)
        choices.append(and_(visible == PRIVATE, own))
    return or_(false(), *choices)
