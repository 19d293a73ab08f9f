"""Real rows of all 13 types, kept here: each field can be edited, all of it goes out and in again, and an import leaves it alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.principal import COMMAND_LINE
from portal.db.session import lock
from portal.extensions import db
from portal.registry.description import RecordType
from portal.registry.records import FROM_IMPORT, KEPT_HERE
from portal.registry.rules.problem import Rejected
from portal.registry.types import TYPES
from portal.registry.write.recount import count_wrong
from portal.registry.write.update import update_record
from tests.apps import opened, settings_for
from tests.engines import Engine
from tests.importer.dumps import content_of
from tests.importer.registry import Registry, Tables, export

pytestmark = pytest.mark.needs("data")

ROWS_OF_A_TYPE = 3
CANDIDATES: tuple[Any, ...] = (  # of which each field takes one
    True,
    False,
    1500,
    100,
    64500,
    12.5,
    "https://changed.example.net/",
    "changed@example.net",
    "+4969123456",
    "RIPE::AS-CHANGED",
    "00:11:22:33:44:55",
    "DE",
    "FR",
    "Changed",
    None,
    ["NSP"],
    ["48 VDC"],
    [{"service": "website", "identifier": "https://changed.example.net"}],
)
HELD_BY_OTHERS = {"name", "prefix", "ipaddr4", "ipaddr6", "campus_id", "net_side_id", "ix_side_id"}  # values that other rows decide on


def candidates(kind: RecordType, column: str) -> Iterator[Any]:
    choices = kind.choices.get(column)
    if choices and not kind.editable[column].listed:
        yield from (member for member in choices if member not in kind.editable[column].without)
    yield from CANDIDATES


def edit(kind: RecordType, row_id: int, column: str) -> bool:
    """Whether the field took another value."""
    for value in candidates(kind, column):
        try:
            written = update_record(db.session(), COMMAND_LINE, kind, row_id, {column: value})
        except Rejected:
            db.session.rollback()
            continue
        db.session.commit()
        if written.changes:
            return True
    return False


def unedited_columns(kind: RecordType) -> set[str]:
    columns = {column for column, editable in kind.editable.items() if not editable.once} - HELD_BY_OTHERS
    ids = db.session.scalars(
        select(kind.table.c.id).where(kind.table.c.status == "ok").order_by(kind.table.c.id).limit(ROWS_OF_A_TYPE)
    ).all()
    return {column for column in columns if not any(edit(kind, row_id, column) for row_id in ids)}


def without(tables: Tables) -> Tables:
    """A dump doesn't tell who saw a contact before."""
    return {name: [{column: row[column] for column in row if column != "was_visible"} for row in rows] for name, rows in tables.items()}


def test_what_is_kept_here_is_edited_exported_and_left_alone(
    app: Flask, registry: Registry, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    registry.take(content_of("complete.json"))
    with app.app_context():
        lock(db.session())
        for kind in TYPES.values():
            db.session.execute(kind.table.update().values(source=KEPT_HERE))
        db.session.commit()
        assert {kind.tag: columns for kind in TYPES.values() if (columns := unedited_columns(kind))} == {}
        assert count_wrong(db.session.connection()) == 0
    before = registry.records()
    left = registry.take(content_of("complete.json"), full=True, force=True)
    assert registry.records() == before
    assert left.outcome.clean
    with engine.fresh() as url, opened(settings_for(url, tmp_path_factory.mktemp("other"))) as other_app:
        other = Registry(other_app)
        assert other.take(export(registry)).outcome.clean
        assert without(other.records()) == without(before)
        assert {row["source"] for row in other.tables()["network"]} == {FROM_IMPORT}
