"""Contact (PeeringDB: poc): each row says who may see it."""

from sqlalchemy import ColumnElement, FromClause, and_, false, or_

from portal.directory.description import RecordType, one
from portal.directory.networks import NETWORK
from portal.directory.ownership import owned, private
from portal.directory.sight import Sight
from portal.models import Contact
from portal.models.contacts import PRIVATE, PUBLIC, USERS
from portal.permissions import Permission


def seen(sight: Sight, rows: FromClause) -> ColumnElement[bool]:
    """Public rows for everybody who reads contacts, Users rows for members and such keys, Private rows for the own organization."""
    return covered(sight, rows, rows.c.visible)


def once_seen(sight: Sight, rows: FromClause) -> ColumnElement[bool]:
    """The same by the widest visibility that a row ever had."""
    return or_(covered(sight, rows, rows.c.was_visible), seen(sight, rows))


def covered(sight: Sight, rows: FromClause, visible: ColumnElement[str]) -> ColumnElement[bool]:
    choices: list[ColumnElement[bool]] = []
    if Permission.CONTACTS_READ in sight.reads:
        choices.append(visible == PUBLIC)
        if sight.users_rows:
            choices.append(visible == USERS)
    if any(permission is Permission.CONTACTS_READ_PRIVATE for permission, _ in sight.private):
        own = private(sight, Permission.CONTACTS_READ_PRIVATE, owned(CONTACT, rows), rows.c.network_id)
        choices.append(and_(visible == PRIVATE, own))
    return or_(false(), *choices)


CONTACT = RecordType(
    tag="poc",
    model=Contact,
    reads=frozenset({Permission.CONTACTS_READ, Permission.CONTACTS_READ_PRIVATE}),
    owner="network_id",
    parents={"network_id": NETWORK},
    relations={"network": one("net", "network_id")},
    rule=seen,
    ruled=once_seen,
)
