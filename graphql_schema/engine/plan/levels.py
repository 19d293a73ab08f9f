"""Levels of a plan: the rows of one nesting, read by one statement. A `One` shows one record, a `Page` some of a list."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, GraphQLField
from sqlalchemy import Dialect
from sqlalchemy.sql import ClauseElement

from graphql_schema.engine.documents.cache_size import BYTES_PER_SQL_CHARACTER, CACHE_SIZE
from graphql_schema.engine.plan.shapes import Shape
from portal.access.visibility import Visibility
from portal.db.prepared import Prepared
from portal.registry.description import RecordType, Relation
from portal.registry.read.selects import Reading

MAX_STATEMENTS_PER_LEVEL = 32


@dataclass
class Level:
    """The columns that its shapes show, and the statements that were prepared for it, by what makes them differ."""

    kind: RecordType
    visibility: Visibility
    columns: dict[str, int] = field(default_factory=dict)
    statements: dict[Any, Prepared] = field(default_factory=dict)

    def column(self, name: str) -> int:
        """Returns the place of a column in the level's rows, whose last is the id in any case."""
        return -1 if name == "id" else self.columns.setdefault(name, len(self.columns))

    def prepared(self, variant: str, dialect: Dialect, build: Callable[[Reading], ClauseElement], **reading: Any) -> Prepared:
        """Returns the statement for a variant of reading this level; the first time it is built and compiled."""
        key = (variant, dialect.name, *reading.items())
        statement = self.statements.get(key)
        if statement is None:
            if len(self.statements) >= MAX_STATEMENTS_PER_LEVEL:
                self.statements.clear()
            statement = Prepared(build(Reading(self.kind, self.visibility, tuple(self.columns), **reading)), dialect)
            self.statements[key] = statement
            CACHE_SIZE.add(BYTES_PER_SQL_CHARACTER * len(statement.sql))
        return statement


@dataclass
class One:
    """A record; `nullable` where it may be missing."""

    level: Level
    shape: Shape
    nullable: bool = True


@dataclass
class Edges:
    """`edges { cursor node {…} }`: response keys of the cursor, of the shapes, and of __typename."""

    cursors: list[str] = field(default_factory=list)
    nodes: list[tuple[str, object]] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Page:
    """A connection: response keys of its parts, in the order of the selection. `number` finds its arguments among the request's.

    `max_rows`: the largest `first` that it takes.
    """

    level: Level
    definition: GraphQLField
    node: FieldNode
    number: int
    path: tuple[str, ...]
    max_rows: int
    parts: list[tuple[str, str, Any]] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)

    @property
    def has_rows(self) -> bool:
        return any(part not in {"totalCount", "__typename"} for _, part, _ in self.parts)

    @property
    def has_info(self) -> bool:
        return any(part == "pageInfo" for _, part, _ in self.parts)

    @property
    def has_total(self) -> bool:
        return any(part == "totalCount" for _, part, _ in self.parts)


@dataclass
class Child:
    """What stands under a response key of the parent's dicts, where their value of `relation.local` holds its place."""

    key: str
    relation: Relation
    below: One | Page
