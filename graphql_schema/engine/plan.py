"""From a selection to levels. The walk goes over all of the operation, so that a missing scope is known before anything runs."""

from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLInterfaceType, GraphQLObjectType, get_named_type
from graphql.execution import Executor

from graphql_schema.engine.computed import finder_of
from graphql_schema.engine.computed_plan import Composed, compose
from graphql_schema.engine.cost import Steps, outline
from graphql_schema.engine.errors import TooCostly
from graphql_schema.engine.levels import Child, Edges, Level, One, Page
from graphql_schema.engine.rows import COUNTS_ALL
from graphql_schema.engine.schema_index import KnownField, KnownSchema
from graphql_schema.engine.shapes import Shape, add_column
from graphql_schema.schema.fields import MOST_FIRST
from portal.access.visibility import Visibility
from portal.registry.description import RecordType

MOST_LEVELS = 50
COMPOSED = "composed"  # in place of a tag
Details = Any  # graphql-core's field details: the nodes that answer under one response key
Path = tuple[str, ...]
Missing = dict[str, tuple[frozenset[str], FieldNode]]  # `Type.field` → (scopes of which one is needed, where it was asked)
REFUSED_NOTHING: frozenset[frozenset[str]] = frozenset()


@dataclass
class Plan:
    """`at`: (path, tag) of a field that returns rows → how to read them.

    `steps` are what they cost, by path, for each type that may be there; `several` of these are lists of ids. `counts`: rows of all
    types are counted.
    """

    at: dict[tuple[Path, str], Any] = field(default_factory=dict)
    pages: list[Page | Composed] = field(default_factory=list)
    missing: Missing = field(default_factory=dict)
    levels: int = 0
    steps: dict[Path, list[Steps]] = field(default_factory=dict)
    several: dict[Path, tuple[GraphQLField, FieldNode]] = field(default_factory=dict)
    counts: bool = False


def make_plan(known: KnownSchema, executor: Executor[Any], visibility: Visibility) -> Plan:
    """Raises TooCostly for a selection with too many levels."""
    planner = Planner(known, executor, visibility)
    operation = executor.operation
    root = known.schema.get_root_type(operation.operation)
    if root:
        details = [Operation(operation)]
        planner.plain(root, details, (), REFUSED_NOTHING)
    for (path, _), found in planner.plan.at.items():
        planner.plan.steps.setdefault(path, []).append(outline(found))
    return planner.plan


@dataclass(frozen=True)
class Operation:
    """The operation's own selection in the form of a field's details."""

    node: Any
    defer_usage: None = None
    fragment_variable_values: None = None


class Planner:
    """Walks one operation for one visibility."""

    def __init__(self, known: KnownSchema, executor: Executor[Any], visibility: Visibility) -> None:
        self.known, self.executor, self.visibility = known, executor, visibility
        self.plan = Plan()

    def fields(self, named: GraphQLObjectType, details: list[Details]) -> Any:
        return self.executor.collect_subfields(named, details).grouped_field_set.items()

    def plain(self, named: GraphQLObjectType, details: list[Details], path: Path, refused: frozenset[frozenset[str]]) -> None:
        """A type that isn't a record: graphql-core runs it, and asks us where its fields return rows."""
        for key, sub in self.fields(named, details):
            definition = self.known.schema.get_field(named, sub[0].node.name.value)
            if definition is None or sub[0].node.name.value.startswith("__"):
                continue
            known_refused = self.check(named.name, sub[0].node, refused)
            target = get_named_type(definition.type)
            here = (*path, key)
            self.plan.counts |= COUNTS_ALL in definition.extensions["strawberry-definition"].metadata
            finder = finder_of(definition)
            if finder:
                self.plan.at[here, COMPOSED] = compose(self, finder, definition, sub, here, known_refused)
            elif isinstance(target, GraphQLInterfaceType):
                if "ids" in definition.args:
                    self.plan.several[here] = definition, sub[0].node
                for tag, each in self.known.objects.items():
                    self.plan.at[here, tag] = self.one(self.known.records[each.name], each, sub, here, known_refused)
            elif target.name in self.known.records:
                kind = self.known.records[target.name]
                self.plan.at[here, kind.tag] = self.one(kind, self.known.objects[kind.tag], sub, here, known_refused)
            elif isinstance(target, GraphQLObjectType) and target.name.endswith("Connection"):
                page = self.page(target, definition, sub, here, known_refused)
                self.plan.at[here, page.level.kind.tag] = page
            elif isinstance(target, GraphQLObjectType):
                self.plain(target, sub, here, known_refused)

    def check(self, type_name: str, node: FieldNode, refused: frozenset[frozenset[str]]) -> frozenset[frozenset[str]]:
        """Notes a missing scope, once for each field, and not again below for the same scope."""
        name = f"{type_name}.{node.name.value}"
        needed = self.known.needed.get(name, frozenset())
        if not needed or needed & self.visibility.scopes or needed in refused:
            return refused
        self.plan.missing.setdefault(name, (needed, node))
        return refused | {needed}

    def level(self, kind: RecordType) -> Level:
        self.plan.levels += 1
        if self.plan.levels > MOST_LEVELS:
            raise TooCostly(f"The selection has more than {MOST_LEVELS} nested lists and records. Ask for less at once.")
        return Level(kind, self.visibility)

    def one(
        self,
        kind: RecordType,
        named: GraphQLObjectType,
        details: list[Details],
        path: Path,
        refused: frozenset[frozenset[str]],
        nullable: bool = True,
    ) -> One:
        level = self.level(kind)
        return One(level, self.shape(level, named, details, path, refused), nullable)

    def page(
        self, connection: GraphQLObjectType, definition: Any, details: list[Details], path: Path, refused: frozenset[frozenset[str]]
    ) -> Page:
        record: Any = get_named_type(connection.fields["nodes"].type)
        most = definition.extensions["strawberry-definition"].metadata.get("most", MOST_FIRST)
        page = Page(self.level(self.known.records[record.name]), definition, details[0].node, len(self.plan.pages), path, most)
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
                below = [(each, parts[0].node.name.value) for each, parts in self.fields(info, sub)]
            page.parts.append((key, name, below))
        return page

    def edges(self, page: Page, record: Any, edge: Any, details: list[Details], path: Path, refused: frozenset[frozenset[str]]) -> Edges:
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

    def page_shape(self, page: Page, record: Any, details: list[Details], path: Path, refused: frozenset[frozenset[str]]) -> Shape:
        shape = self.shape(page.level, record, details, path, refused)
        page.shapes.append(shape)
        return shape

    def shape(
        self, level: Level, named: GraphQLObjectType, details: list[Details], path: Path, refused: frozenset[frozenset[str]]
    ) -> Shape:
        shape = Shape()
        for key, sub in self.fields(named, details):
            name = sub[0].node.name.value
            if name == "__typename":
                shape.constant(key, named.name)
                continue
            known = self.known.fields[named.name][name]
            below = self.check(named.name, sub[0].node, refused) if name != "id" else refused  # an id tells nothing by itself
            if known.relation:
                shape.place(key, level.column(known.relation.local))
                shape.children.append(Child(key, known.relation, self.child(known, sub, (*path, key), below)))
            else:
                place = level.column(str(known.column))
                add_column(shape, key, place, level.kind, known, lambda known=known, sub=sub: self.names_below(known, sub))  # type: ignore[misc]
        shape.finish()
        return shape

    def child(self, known: KnownField, details: list[Details], path: Path, refused: frozenset[frozenset[str]]) -> One | Page:
        target: Any = known.target
        if target.name in self.known.records:
            return self.one(self.known.records[target.name], target, details, path, refused, nullable=not known.required)
        return self.page(target, known.definition, details, path, refused)

    def names_below(self, known: KnownField, details: list[Details]) -> dict[str, str]:
        """Response key → field of an object that is stored inside a column; "" for __typename."""
        target: Any = known.target
        found = {key: sub[0].node.name.value for key, sub in self.fields(target, details)}
        return {key: "" if name == "__typename" else name for key, name in found.items()}
