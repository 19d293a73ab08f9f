"""From a selection on records to levels, and the check of each field's scope on the way."""

from typing import Any

from graphql import FieldNode, GraphQLObjectType, get_named_type
from graphql.execution import Executor

from graphql_schema.engine.errors import TooCostly
from graphql_schema.engine.page_size import MAX_PAGE_SIZE
from graphql_schema.engine.plan.levels import Child, Edges, Level, One, Page
from graphql_schema.engine.plan.plan import Path, Plan
from graphql_schema.engine.plan.shapes import Shape, add_column
from graphql_schema.engine.schema_index import RecordField, SchemaIndex
from portal.access.visibility import Visibility
from portal.registry.description import RecordType

MAX_LEVELS = 50
Details = Any  # graphql-core's field details: the nodes that answer under one response key
Refused = frozenset[frozenset[str]]  # scopes that were missing above
REFUSED_NOTHING: Refused = frozenset()


class Planner:
    """Plans one operation for one visibility."""

    def __init__(self, index: SchemaIndex, executor: Executor[Any], visibility: Visibility) -> None:
        self.index, self.executor, self.visibility = index, executor, visibility
        self.plan = Plan()

    def fields(self, named: GraphQLObjectType, details: list[Details]) -> Any:
        return self.executor.collect_subfields(named, details).grouped_field_set.items()

    def check(self, type_name: str, node: FieldNode, refused: Refused) -> Refused:
        """Notes a missing scope, once for a field, and not again below for the same scope."""
        name = f"{type_name}.{node.name.value}"
        needed = self.index.needed.get(name, frozenset())
        if not needed or needed & self.visibility.scopes or needed in refused:
            return refused
        self.plan.missing.setdefault(name, (needed, node))
        return refused | {needed}

    def level(self, kind: RecordType) -> Level:
        self.plan.levels += 1
        if self.plan.levels > MAX_LEVELS:
            raise TooCostly(f"The selection has more than {MAX_LEVELS} nested lists and records. Ask for less at once.")
        return Level(kind, self.visibility)

    def one(
        self, kind: RecordType, named: GraphQLObjectType, details: list[Details], path: Path, refused: Refused, nullable: bool = True
    ) -> One:
        level = self.level(kind)
        return One(level, self.shape(level, named, details, path, refused), nullable)

    def page(self, connection: GraphQLObjectType, definition: Any, details: list[Details], path: Path, refused: Refused) -> Page:
        record: Any = get_named_type(connection.fields["nodes"].type)
        max_rows = definition.extensions["strawberry-definition"].metadata.get("max_rows", MAX_PAGE_SIZE)
        page = Page(self.level(self.index.records[record.name]), definition, details[0].node, len(self.plan.pages), path, max_rows)
        self.plan.pages.append(page)
        for key, sub in self.fields(connection, details):
            name = sub[0].node.name.value
            below: Any = connection.name
            if name == "nodes":
                below = self.page_shape(page, record, sub, (*path, key), refused)
            elif name == "edges":
                below = self.edges(page, record, get_named_type(connection.fields["edges"].type), sub, (*path, key), refused)
            elif name == "pageInfo":
                info: Any = get_named_type(connection.fields["pageInfo"].type)
                below = [(info_key, parts[0].node.name.value) for info_key, parts in self.fields(info, sub)]
            page.parts.append((key, name, below))
        return page

    def edges(self, page: Page, record: Any, edge: Any, details: list[Details], path: Path, refused: Refused) -> Edges:
        edges = Edges()
        for key, sub in self.fields(edge, details):
            name = sub[0].node.name.value
            if name == "cursor":
                edges.cursors.append(key)
            elif name == "node":
                edges.nodes.append((key, self.page_shape(page, record, sub, (*path, key), refused)))
            else:
                edges.names.append((key, edge.name))
        return edges

    def page_shape(self, page: Page, record: Any, details: list[Details], path: Path, refused: Refused) -> Shape:
        shape = self.shape(page.level, record, details, path, refused)
        page.shapes.append(shape)
        return shape

    def shape(self, level: Level, named: GraphQLObjectType, details: list[Details], path: Path, refused: Refused) -> Shape:
        shape = Shape()
        for key, sub in self.fields(named, details):
            name = sub[0].node.name.value
            if name == "__typename":
                shape.constant(key, named.name)
                continue
            shown = self.index.fields[named.name][name]
            below = self.check(named.name, sub[0].node, refused) if name != "id" else refused  # an id says nothing by itself
            if shown.relation:
                shape.place(key, level.column(shown.relation.local))
                shape.children.append(Child(key, shown.relation, self.child(shown, sub, (*path, key), below)))
            else:
                place = level.column(str(shown.column))
                add_column(shape, key, place, level.kind, shown, lambda shown=shown, sub=sub: self.names_below(shown, sub))  # type: ignore[misc]
        shape.finish()
        return shape

    def child(self, shown: RecordField, details: list[Details], path: Path, refused: Refused) -> One | Page:
        target: Any = shown.target
        if target.name in self.index.records:
            return self.one(self.index.records[target.name], target, details, path, refused, nullable=not shown.required)
        return self.page(target, shown.definition, details, path, refused)

    def names_below(self, shown: RecordField, details: list[Details]) -> dict[str, str]:
        """Response key → field of an object that is stored inside a column; "" for __typename."""
        target: Any = shown.target
        names = {key: sub[0].node.name.value for key, sub in self.fields(target, details)}
        return {key: "" if name == "__typename" else name for key, name in names.items()}
