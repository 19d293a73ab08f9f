"""Organization (PeeringDB: org): its public fields are open to every caller."""

from portal.directory.description import RecordType, many
from portal.models import Organization

ORGANIZATION = RecordType(
    tag="org",
    model=Organization,
    reads=frozenset(),
    owner="id",
    relations={
        "networks": many("net", "organization_id"),
        "exchanges": many("ix", "organization_id"),
        "facilities": many("fac", "organization_id"),
        "carriers": many("carrier", "organization_id"),
        "campuses": many("campus", "organization_id"),
    },
)
