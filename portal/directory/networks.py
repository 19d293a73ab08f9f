"""Network (PeeringDB: net)."""

from sqlalchemy import ColumnElement, FromClause

from portal.directory.description import RecordType, many, one
from portal.directory.organizations import ORGANIZATION
from portal.directory.ownership import owned, private
from portal.directory.sight import Sight
from portal.models import Network
from portal.permissions import Permission


def notes_private(sight: Sight, rows: FromClause) -> ColumnElement[bool]:
    """Private notes are for the own organization."""
    return private(sight, Permission.NETWORKS_READ_PRIVATE, owned(NETWORK, rows), rows.c.id)


NETWORK = RecordType(
    tag="net",
    model=Network,
    reads=frozenset({Permission.NETWORKS_READ}),
    owner="organization_id",
    parents={"organization_id": ORGANIZATION},
    relations={
        "organization": one("org", "organization_id"),
        "contacts": many("poc", "network_id"),
        "ports": many("netixlan", "network_id"),
        "facilities": many("netfac", "network_id"),
    },
    gates={"notes_private": notes_private},
)
