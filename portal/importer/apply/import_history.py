"""The history of what a slice changes or deletes in stored records: one INSERT for each type, of the rows that it is about to write.

What is new has none: an import brings whole registries. The act of these rows is the negative number of the import's run, because the
number of its audit row is known only when it ends.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, case, delete, exists, func, insert, literal, or_, select, true, union_all

from portal.access.principal import Principal, describe_origin
from portal.db.session import now
from portal.db.sql import JsonText, among
from portal.importer.apply.guards import IDS
from portal.importer.differences.find_differences import doomed_ids, object_id_of, object_of
from portal.importer.fields import COLUMNS
from portal.importer.imported_types import ImportedType
from portal.importer.plan import UPDATE
from portal.models import RecordChange
from portal.registry.records import DELETED
from portal.registry.types import TYPES
from portal.registry.write.record_history import is_hidden

CHANGES: Table = RecordChange.__table__  # type: ignore[assignment]  # a table, as of each of our models
NOTHING: ColumnElement[str] = literal("null")
STATUS = "status"


@dataclass(frozen=True)
class History:
    """Of one import's slice: `run_id` is that of its row in import_run."""

    connection: Connection
    principal: Principal
    run_id: int

    def newest(self) -> int:
        """The id after which what is inserted next will stand."""
        return self.connection.scalar(select(func.max(CHANGES.c.id))) or 0

    def keep(self, kind: ImportedType, ids: Collection[int], *, doomed: bool) -> None:
        """Before the rows with these ids are written: those that the file changes, and the `doomed` ones that become deleted."""
        for rows in (*([changed_rows(kind)] if self.has_updates(kind, ids) else []), *([doomed_rows(kind)] if doomed else [])):
            self.connection.execute(insert(CHANGES).from_select([*self.facts(), *FACTS], self.whole(rows)), {IDS: list(ids)})

    def has_updates(self, kind: ImportedType, ids: Collection[int]) -> bool:
        """Whether the file changes any of them: a first import only adds."""
        updates = select(kind.staged.c.id).where(among(kind.staged.c.id, IDS), kind.staged.c.act == UPDATE)
        return bool(self.connection.scalar(select(exists(updates)), {IDS: list(ids)}))

    def forget(self, kind: ImportedType, after: int, ids: Collection[int]) -> None:
        """Once it is known which of them weren't written."""
        if ids:
            unwritten = (CHANGES.c.id > after, CHANGES.c.record_type == kind.tag, among(CHANGES.c.record_id, IDS))
            self.connection.execute(delete(CHANGES).where(*unwritten), {IDS: list(ids)})

    def facts(self) -> dict[str, Any]:
        origin = describe_origin(self.principal)
        return {"act": -self.run_id, "at": now()} | {name: origin[name] for name in ("actor_kind", "actor_id", "actor_name")}

    def whole(self, rows: Select[Any]) -> Select[Any]:
        source = rows.subquery()
        facts = [literal(value, CHANGES.c[name].type).label(name) for name, value in self.facts().items()]
        return select(*facts, *(source.c[name] for name in FACTS))


FACTS = ("organization_id", "record_type", "record_id", "object_type", "object_id", "field", "before", "after")


def changed_rows(kind: ImportedType) -> Select[Any]:
    """A row for each field that can be edited and that the file changes; of one that becomes deleted, its status alone."""
    names = [STATUS, *(name for name in TYPES[kind.tag].editable if name in COLUMNS[kind.tag])]
    fields = union_all(*(select(literal(name).label("field")) for name in names)).subquery("fields")
    field = fields.c.field
    differs = case(*((field == name, kind.effective(name).is_distinct_from(kind.table.c[name])) for name in names))
    shown = [name for name in names if not is_hidden(TYPES[kind.tag], name)]
    before = case(*((field == name, JsonText(kind.table.c[name])) for name in shown), else_=NOTHING)
    after = case(*((field == name, JsonText(kind.effective(name))) for name in shown), else_=NOTHING)
    rows = (among(kind.staged.c.id, IDS), kind.staged.c.act == UPDATE)
    is_kept = or_(field == STATUS, kind.staged.c.status != DELETED)
    both = kind.staged.join(kind.table, kind.staged.c.id == kind.table.c.id).join(fields, true())
    return facts_of(kind, field, before, after).select_from(both).where(*rows, is_kept, differs)


def doomed_rows(kind: ImportedType) -> Select[Any]:
    rows = (among(kind.table.c.id, IDS), kind.table.c.id.in_(doomed_ids(kind)), kind.table.c.status != DELETED)
    return facts_of(kind, literal(STATUS), JsonText(kind.table.c.status), literal(f'"{DELETED}"')).where(*rows)


def facts_of(kind: ImportedType, field: ColumnElement[str], before: ColumnElement[str], after: ColumnElement[str]) -> Select[Any]:
    above, object_id = object_of(kind), object_id_of(kind, kind.table)
    organization: Any = object_id
    if above.owner:
        columns = above.table.alias("object").c
        organization = select(columns.organization_id).where(columns.id == object_id).correlate(kind.table).scalar_subquery()
    values = (organization, literal(kind.tag), kind.table.c.id, literal(above.tag), object_id, field, before, after)
    return select(*(value.label(name) for name, value in zip(FACTS, values, strict=True)))
