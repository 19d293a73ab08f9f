"""Levels of computed fields: their rows come from a finder, and records below them are levels like any other."""

from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, GraphQLField

from graphql_schema.engine.computed import Finder
from graphql_schema.engine.plan.levels import One
from graphql_schema.engine.plan.shapes import Shape


class ComputedShape(Shape):
    """Response keys where the rows hold lists: of ids of records, and of rows of another computed type."""

    def __init__(self) -> None:
        super().__init__()
        self.listed: list[tuple[str, One]] = []
        self.inside: list[tuple[str, ComputedShape]] = []


@dataclass
class MixedShape:
    """Records of several types, found as (tag, id): how to show those of each type."""

    ones: dict[str, One]


@dataclass
class Computed:
    """A field that a finder answers; of a connection, `parts` as in a page. `number` finds its arguments; `fields` are selected."""

    finder: Finder
    definition: GraphQLField
    node: FieldNode
    number: int
    path: tuple[str, ...]
    fields: set[str] = field(default_factory=set)
    parts: list[tuple[str, str, Any]] = field(default_factory=list)
    shapes: list[ComputedShape | MixedShape] = field(default_factory=list)
    is_page: bool = False
