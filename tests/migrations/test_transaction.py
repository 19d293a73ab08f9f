"""A migration happens as a whole or not at all, whatever a later step does to the tables."""

import sqlite3
from contextlib import ExitStack, closing

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Integer, inspect, text
from sqlalchemy.exc import DatabaseError

from portal.cli.context import stored_migration
from portal.cli.upgrade import upgrade
from portal.db.migration import migration_transaction
from portal.errors import ConfigurationError
from portal.extensions import db
from tests.migrations.older import NEWEST, Older


def test_a_table_that_others_refer_to_can_be_changed(older: Older) -> None:
    """SQLite makes the table anew: with foreign keys on, people would take their memberships and sessions with them."""
    with older(NEWEST) as database:
        before = database.rows()
        with migration_transaction(db.engine) as connection:
            operations = Operations(MigrationContext.configure(connection))
            for table in ("person", "organization", "api_key"):
                with operations.batch_alter_table(table, recreate="auto") as batch:
                    batch.add_column(Column("new", Integer, nullable=False, server_default="7"))
                with operations.batch_alter_table(table) as batch:
                    batch.alter_column("new", server_default=None)
        assert database.rows() == before
        assert database.execute("SELECT DISTINCT new FROM person") == [(7,)]


def test_a_step_that_leaves_rows_without_their_parent_is_undone(older: Older) -> None:
    """SQLite tells by the check at the end, PostgreSQL by its foreign key."""
    with older(NEWEST) as database:
        before = database.rows()
        with pytest.raises((ConfigurationError, DatabaseError), match="organization"):
            run("CREATE TABLE new (id INTEGER)", "DELETE FROM organization")
        assert database.rows() == before
        assert not inspect(db.engine).has_table("new")


def test_foreign_keys_hold_again_afterwards(older_sqlite: Older) -> None:
    with older_sqlite("0010"), ExitStack() as stack:
        upgrade()
        connections = [stack.enter_context(db.engine.connect()) for _ in range(6)]  # more than are kept open
        assert [connection.scalar(text("PRAGMA foreign_keys")) for connection in connections] == [1] * 6


def test_rows_without_their_parent_are_named_before_anything_changes(older_sqlite: Older) -> None:
    with older_sqlite("0010") as database:
        with closing(sqlite3.connect(database.url.removeprefix("sqlite:///"), isolation_level=None)) as connection:  # without foreign keys
            connection.execute("DELETE FROM person WHERE id = 2")
        before = database.rows()
        with pytest.raises(ConfigurationError, match=r"person_session 2 \(person\), membership 2 \(person\)\. Nothing was changed"):
            upgrade()
        assert (stored_migration(), database.rows()) == ("0010", before)


def run(*statements: str) -> None:
    """As the steps of a migration."""
    with migration_transaction(db.engine) as connection:
        for statement in statements:
            connection.execute(text(statement))
