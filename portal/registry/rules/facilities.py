"""Rules of facilities."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from portal.registry.campuses import Campus
from portal.registry.rules.problem import Problem
from portal.registry.rules.rule import rule


@rule("campus_id")
def campus_is_of_the_same_organization(session: Session, facility: Any) -> Iterator[Problem]:
    campus = session.get(Campus, facility.campus_id) if facility.campus_id else None
    if campus and campus.organization_id != facility.organization_id:
        text = f"campus:{campus.id} belongs to another organization. Give a campus of the facility's own organization, or null."
        yield Problem(text, ("campus_id",))


FACILITY_RULES = (campus_is_of_the_same_organization,)
