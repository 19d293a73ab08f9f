"""Exchange (PeeringDB: ix), PeeringLan (ixlan) and Prefix (ixpfx)."""

from sqlalchemy import ColumnElement, FromClause, and_, or_

from portal.directory.description import RecordType, many, one
from portal.directory.organizations import ORGANIZATION
from portal.directory.ownership import owned, private
from portal.directory.sight import Sight
from portal.models import Exchange, PeeringLan, Prefix
from portal.permissions import Permission

READS = frozenset({Permission.EXCHANGES_READ})


def member_list(sight: Sight, rows: FromClause) -> ColumnElement[bool]:
    """A LAN's member-list address has a visibility of its own, like a contact's."""
    shown = rows.c.ixf_ixp_member_list_url_visible
    own = private(sight, Permission.EXCHANGES_READ_PRIVATE, owned(PEERING_LAN, rows), rows.c.exchange_id)
    choices = [shown == "Public", and_(shown == "Private", own)]
    if sight.users_rows:
        choices.append(shown == "Users")
    return or_(*choices)


EXCHANGE = RecordType(
    tag="ix",
    model=Exchange,
    reads=READS,
    owner="organization_id",
    parents={"organization_id": ORGANIZATION},
    relations={
        "organization": one("org", "organization_id"),
        "peering_lans": many("ixlan", "exchange_id"),
        "ports": many("netixlan", "exchange_id"),
        "facilities": many("ixfac", "exchange_id"),
    },
)

PEERING_LAN = RecordType(
    tag="ixlan",
    model=PeeringLan,
    reads=READS,
    owner="exchange_id",
    parents={"exchange_id": EXCHANGE},
    relations={
        "exchange": one("ix", "exchange_id"),
        "prefixes": many("ixpfx", "peering_lan_id"),
        "ports": many("netixlan", "peering_lan_id"),
    },
    gates={"ixf_ixp_member_list_url": member_list},
)

PREFIX = RecordType(
    tag="ixpfx",
    model=Prefix,
    reads=READS,
    owner="peering_lan_id",
    parents={"peering_lan_id": PEERING_LAN},
    relations={"peering_lan": one("ixlan", "peering_lan_id")},
)
