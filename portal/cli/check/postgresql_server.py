"""PostgreSQL: its version, whether it takes writes, and what the portal's role may do."""

from collections.abc import Iterator

from psycopg import Error
from psycopg.errors import DiskFull, InsufficientPrivilege, ReadOnlySqlTransaction
from sqlalchemy import Connection, text

from portal.db.base import Base

MIN_POSTGRESQL_VERSION = 15
FACTS = text(
    "SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('server_encoding') AS encoding, "
    "pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS read_only, current_user AS role"
)
UNWRITABLE = text(
    "SELECT name FROM unnest(CAST(:tables AS text[])) AS name WHERE NOT has_table_privilege(name, 'SELECT') "
    "OR NOT has_table_privilege(name, 'INSERT') OR NOT has_table_privilege('registry', 'UPDATE') "
    "UNION ALL SELECT sequencename FROM pg_sequences "
    "WHERE schemaname = current_schema() AND NOT has_sequence_privilege(format('%I.%I', schemaname, sequencename), 'USAGE') ORDER BY 1"
)


def about_postgresql(connection: Connection) -> Iterator[str]:
    facts = connection.execute(FACTS).one()
    if facts.version < MIN_POSTGRESQL_VERSION:
        yield f"PostgreSQL {facts.version} is too old. Upgrade the server to {MIN_POSTGRESQL_VERSION} or newer."
    if facts.encoding != "UTF8":
        yield "The database's encoding isn't UTF8. Make a new one: createdb --template=template0 --encoding=UTF8 NAME"
    if facts.standby:
        yield "The PostgreSQL server is a standby, which can only be read. Name the primary in PORTAL_DATABASE_URL."
    elif facts.read_only:
        yield read_only(facts.role)


def about_rights(connection: Connection) -> Iterator[str]:
    """Of the role, on tables that are there."""
    names = connection.scalars(UNWRITABLE, {"tables": [table.name for table in Base.metadata.sorted_tables]}).all()
    if names:
        role = connection.scalar(text("SELECT current_user"))
        yield (
            f"The role {role} may not use {len(names)} tables and sequences ({names[0]}{', …' if len(names) > 1 else ''}). "
            "Run as their owner: "
            f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}"; '
            f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{role}"'
        )


def read_only(role: str) -> str:
    return (
        f"The role {role} or its database is set to read only. Find out by: SHOW default_transaction_read_only; "
        f'and end it by: ALTER ROLE "{role}" RESET default_transaction_read_only, or ALTER DATABASE … RESET …'
    )


def postgresql_problem(error: Error) -> str | None:
    """Returns the problem that PostgreSQL reports to a write, with its cure; None for another one."""
    if isinstance(error, DiskFull):
        return "The disk of the PostgreSQL server is full. Free some space there."
    if isinstance(error, ReadOnlySqlTransaction | InsufficientPrivilege):
        return f"PostgreSQL refuses writes: {str(error).splitlines()[0]}. Let the portal's role write."
    return None
