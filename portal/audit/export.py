"""The audit's rows as they are stored, for a file."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.audit.verify import ROWS_AT_ONCE
from portal.models import AuditRow


def export_rows(connection: Connection, principal: Principal, organization_id: int | None = None) -> Iterator[Row[Any]]:
    """Yields all rows, the oldest first, or only those that an organization's activity shows. Raises Forbidden."""
    require(principal, Permission.REGISTRY_OPERATE)
    statement = select(*AuditRow.__table__.columns).order_by(AuditRow.number).execution_options(yield_per=ROWS_AT_ONCE)
    if organization_id is not None:
        statement = statement.where(AuditRow.organization_id == organization_id)
    yield from connection.execute(statement)
