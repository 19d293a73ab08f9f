"""What holds of a registry at any moment, also between two slices of an import."""

from portal.extensions import db
from portal.importer.imported_types import IMPORTED_TYPES
from portal.registry.write.recount import recount
from tests.importer.registry import Registry


def check_consistent(registry: Registry) -> None:
    """No child lives under a deleted parent, ports are at their LAN's exchange, deleted contacts are blank, and counters are right."""
    tables = registry.records()
    deleted = {(name, row["id"]) for name, rows in tables.items() for row in rows if row["status"] == "deleted"}
    for kind in IMPORTED_TYPES.values():
        needed = [reference for reference in kind.references if not reference.optional]
        for row in tables[kind.table.name]:
            below = any((IMPORTED_TYPES[reference.parent].table.name, row[reference.column]) in deleted for reference in needed)
            assert row["status"] == "deleted" or not below, (kind.tag, row["id"])
    lans = {row["id"]: row["exchange_id"] for row in tables["peering_lan"]}
    assert all(port["exchange_id"] == lans[port["peering_lan_id"]] for port in tables["exchange_port"])
    assert all(row["name"] == row["email"] == "" for row in tables["contact"] if row["status"] == "deleted")
    with registry.app.app_context(), db.engine.connect().execution_options(writes=True) as connection, connection.begin() as transaction:
        assert recount(connection, 0) == 0
        transaction.rollback()
