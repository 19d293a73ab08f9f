"""Levels of a plan: the rows of one nesting, read by one statement. A `One` shows one record, a `Page` some of a list."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, GraphQLField
from sqlalchemy import Dialect
from sqlalchemy.sql import ClauseElement

from graphql_schema.engine.cache_size import PER_LETTER_OF_SQL, WEIGHT
from graphql_schema.engine.shapes import Shape
from portal.access.visibility import Visibility
from portal.db.prepared import Prepared
from portal.registry.description import RecordType, Relation
from portal.registry.read.selects import Reading

MOST_STATEMENTS_KEPT = 32


@dataclass
class Level:
    """The columns that its shapes want, and the statements that were prepared for it, by what makes them differ."""

    kind: RecordType
    visibility: Visibility
    columns: dict[str, int] = field(default_factory=dict)
    statements: dict[Any, Prepared] = field(default_factory=dict)

    def column(self, name: str) -> int:
        """The place of a column in the level's rows, whose last is the id in any case."""
        return -1 if name == "id" else self.columns.setdefault(name, len(self.columns))

    def prepared(self, variant: str, dialect: Dialect, build: Callable[[Reading], ClauseElement], **reading: Any) -> Prepared:
        """The statement for a variant of reading this level; the first time it is built and compiled."""
        key = (variant, dialect.name, *reading.items())
        found = self.statements.get(key)
        if found is None:
            if len(self.statements) >= MOST_STATEMENTS_KEPT:
                self.statements.clear()
            found = self.statements[key] = Prepared(build(Reading(self.kind, self.visibility, tuple(self.columns), **reading)), dialect)
            WEIGHT.add(PER_LETTER_OF_SQL * len(found.sql))
        return found


@dataclass
class One:
    """A record; `nullable` where none may be there."""

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

    `most`: the largest `first` that may be asked.
    """

    level: Level
    definition: GraphQLField
    node: FieldNode
    number: int
    path: tuple[str, ...]
    most: int
    parts: list[tuple[str, str, Any]] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)

    @property
    def wants_rows(self) -> bool:
        return any(part not in {"totalCount", "__typename"} for _, part, _ in self.parts)

    @property
    def wants_info(self) -> bool:
        return any(part == "pageInfo" for _, part, _ in self.parts)

    @property
    def wants_total(self) -> bool:
        return any(part == "totalCount" for _, part, _ in self.parts)


@dataclass
class Child:
    """What stands under a response key of the parent's dicts, where their value of `relation.local` holds its place."""

    key: str
    relation: Relation
    below: One | Page
