"""A plan: how to read each field that returns rows, what its selection lacks the scopes for, and the steps that its cost is counted by."""

from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, GraphQLField

from graphql_schema.engine.plan.computed_levels import Computed
from graphql_schema.engine.plan.levels import Page
from graphql_schema.engine.plan.steps import Steps

COMPUTED = "computed"  # in place of a tag
Path = tuple[str, ...]
Missing = dict[str, tuple[frozenset[str], FieldNode]]  # `Type.field` → (scopes of which one is needed, where it was selected)


@dataclass
class Plan:
    """`at`: (path, tag) of a field that returns rows → how to read them.

    `steps` are what they cost, by path, for each type that may be there; `singles` of these are fields of one record, `several` are
    lists of ids. `counts`: rows of all types are counted. `granted`: fields that a key needs a grant for.
    """

    at: dict[tuple[Path, str], Any] = field(default_factory=dict)
    pages: list[Page | Computed] = field(default_factory=list)
    missing: Missing = field(default_factory=dict)
    levels: int = 0
    steps: dict[Path, list[Steps]] = field(default_factory=dict)
    singles: dict[Path, tuple[GraphQLField, FieldNode]] = field(default_factory=dict)
    several: dict[Path, tuple[GraphQLField, FieldNode]] = field(default_factory=dict)
    counts: bool = False
    granted: list[tuple[str, FieldNode]] = field(default_factory=list)
