"""Which facility a declared presence is at: by id, or by its name."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db.fold import fold
from portal.registry.facilities import Facility
from portal.registry.records import LIVE
from portal.registry.rules.problem import NOT_FOUND, Problem, Rejected


def complete_presence(session: Session, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the entry with `facility_id` in place of `name`. Raises Rejected where no facility, or more than one, is meant."""
    values = {column: value for column, value in entry.items() if column != "name"}
    if values.get("facility_id") is not None:
        return values
    name = str(entry.get("name") or "").strip()
    if not name:
        raise Rejected([Problem("Name the facility: give facility_id or name.", ("facility_id",))])
    facilities = session.execute(
        select(Facility.id, Facility.name).where(Facility.name_fold == fold(name), Facility.status == LIVE).order_by(Facility.id)
    ).all()
    exact = [row for row in facilities if row.name == name] or facilities
    if not exact:
        raise Rejected([Problem(f'There is no facility named "{name}". Give its id as facility_id.', ("name",), NOT_FOUND)])
    if len(exact) > 1:
        ids = ", ".join(f"fac:{row.id}" for row in exact)
        raise Rejected([Problem(f'Several facilities are named "{name}": {ids}. Give one of them as facility_id.', ("name",))])
    return values | {"facility_id": exact[0].id}
