"""Campus (PeeringDB: campus)."""

from portal.directory.description import RecordType, many, one
from portal.directory.organizations import ORGANIZATION
from portal.models import Campus
from portal.permissions import Permission

CAMPUS = RecordType(
    tag="campus",
    model=Campus,
    reads=frozenset({Permission.CAMPUSES_READ}),
    owner="organization_id",
    parents={"organization_id": ORGANIZATION},
    relations={"organization": one("org", "organization_id"), "facilities": many("fac", "campus_id")},
)
