"""What waited for approval and gave way to rows of the file: each network and exchange is refused by name, with the reason."""

from collections.abc import Sequence

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.db.sql import among
from portal.importer.apply.row_steps import Step
from portal.importer.imported_types import PROBLEMS
from portal.importer.problems import REFUSED
from portal.registry.records import DELETED
from portal.registry.types import TYPES
from portal.registry.write.refuse import tell_refused

REASON = "An import brought {other}, which has the same {field}."


def tell_refusals(session: Session, connection: Connection, principal: Principal, steps: Sequence[Step], version: int) -> None:
    """For the rows of the steps that this version deleted."""
    for step in steps:
        kind = TYPES[step.kind.tag]
        if kind.needs_approval and step.delete:
            columns = step.kind.table.c
            deleted = select(columns.id).where(among(columns.id, "ids"), columns.status == DELETED, columns.changed == version)
            refused = select(PROBLEMS.c.id, PROBLEMS.c.field, PROBLEMS.c.parent_id).where(
                PROBLEMS.c.type == kind.tag, PROBLEMS.c.outcome == REFUSED, PROBLEMS.c.id.in_(deleted)
            )
            reasons: dict[int, str] = {}
            for identity, field, other in connection.execute(refused.order_by(PROBLEMS.c.number), {"ids": step.ids}):
                reasons.setdefault(identity, REASON.format(other=f"{kind.tag}:{other}", field="ASN" if field == "asn" else field))
            for identity, reason in reasons.items():
                row = session.get_one(kind.model, identity, populate_existing=True)
                tell_refused(session, principal, kind, row, reason)
