"""A type's rows as GraphQL shows them: all fields that the caller has the scopes of, and the ids of the records that they point at."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from graphql import GraphQLObjectType

from graphql_schema import INDEX
from graphql_schema.engine.context import Context
from graphql_schema.engine.plan.levels import Level
from graphql_schema.engine.plan.shapes import Row, Shape, add_column
from graphql_schema.engine.schema_index import RecordField
from portal.access.visibility import Visibility
from portal.registry.description import RecordType
from portal.registry.read import selects
from portal.registry.read.paging import BY_CHANGE, After
from portal.registry.read.selects import changed
from portal.registry.types import TYPES

DELETED_FIELDS = ("id", "databaseId", "status", "updated")  # all that is shown of a deleted row
Line = dict[str, Any]


@dataclass(frozen=True)
class Pointer:
    """A field that shows at most one record, which the caller may not see; `place` of its id in a row."""

    key: str
    place: int
    level: Level


class Lines:
    """Reads pages of one type for one visibility; keeps the statements."""

    def __init__(self, kind: RecordType, visibility: Visibility) -> None:
        self.level, self.shape, self.pointers = Level(kind, visibility), Shape(), list[Pointer]()
        self.named = INDEX.objects[kind.tag]
        self.status = self.level.column("status")
        for name in sorted(INDEX.fields[self.named.name], key=lambda name: (name not in DELETED_FIELDS, name)):
            if may_read(visibility, self.named.name, name):
                self.add(name, INDEX.fields[self.named.name][name])
        self.shape.finish()

    def add(self, name: str, shown: RecordField) -> None:
        relation, kind = shown.relation, self.level.kind
        if relation is None:
            add_column(self.shape, name, self.level.column(str(shown.column)), kind, shown, lambda: below(shown))
        elif not relation.many:
            place, target = self.level.column(relation.local), TYPES[relation.target]
            identity = f"{{'id': '{target.tag}:' + str(r[{place}])}}"
            self.shape.parts[name] = identity if shown.required else f"(None if r[{place}] is None else {identity})"
            if not shown.required:
                self.pointers.append(Pointer(name, place, Level(target, self.level.visibility)))

    def page(self, context: Context, after: After, limit: int, *, deleted: bool) -> tuple[list[Line], Row | None]:
        """Returns at most `limit` rows that changed after the cursor's, in that order, and the last one's version and id."""
        reading = {"order": BY_CHANGE, "after": after.empty, "deleted": deleted, "once": deleted}
        prepared = self.level.prepared("changed", context.snapshot.dialect, changed, **reading)
        rows = prepared.rows(context.snapshot, {**context.values, **after.values, "limit": limit})
        lines = self.shape.make(rows)
        for pointer in self.pointers:
            self.hide(context, pointer, rows, lines, deleted=deleted)
        if deleted:
            lines = [deleted_line(line) if row[self.status] == "deleted" else line for row, line in zip(rows, lines, strict=True)]
        return lines, rows[-1][-2:] if rows else None

    def hide(self, context: Context, pointer: Pointer, rows: Sequence[Row], lines: list[Line], *, deleted: bool) -> None:
        """Puts null where the caller may not see the record, as GraphQL does."""
        ids = list(map(itemgetter(pointer.place), rows))
        numbers = sorted({number for number in ids if number is not None})
        if not numbers:
            return
        prepared = pointer.level.prepared("seen", context.snapshot.dialect, selects.children, via="id", deleted=deleted)
        seen = {row[-1] for row in prepared.rows(context.snapshot, {**context.values, "parents": numbers, "most": len(numbers)})}
        for number, line in zip(ids, lines, strict=True):
            if number not in seen:
                line[pointer.key] = None


def may_read(visibility: Visibility, type_name: str, name: str) -> bool:
    """Whether GraphQL would show the field; an id says nothing by itself."""
    needed = INDEX.needed[f"{type_name}.{name}"]
    return name == "id" or not needed or bool(needed & visibility.scopes)


def below(shown: RecordField) -> dict[str, str]:
    """Returns all fields of an object that is stored inside a column."""
    return {name: name for name in shown.target.fields} if isinstance(shown.target, GraphQLObjectType) else {}


def deleted_line(line: Line) -> Line:
    return {key: line[key] for key in DELETED_FIELDS}


@lru_cache(maxsize=64)
def lines_of(tag: str, visibility: Visibility) -> Lines:
    return Lines(TYPES[tag], visibility)
