"""The rows of a plan: what is to be created, updated and deleted, each with its fields before and after."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from portal.access.permissions import Permission
from portal.registry.description import RecordType
from portal.registry.rules.problem import Problem
from portal.registry.write.place import permission_for

Path = tuple[str, ...]


class Action(Enum):
    """What becomes of a record."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass
class PlanRow:
    """`values`: column → what is to be stored; `path`: of the entry that says so, or of the section that no longer has the record.

    `row` is None until a new one was created. `before`: what the columns hold now.
    """

    kind: RecordType
    action: Action
    network: Any
    path: Path
    row: Any = None
    values: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)

    @property
    def permission(self) -> Permission:
        return permission_for(self.kind, self.action.value)


@dataclass
class Plan:
    """`problems` keep all of it from being done."""

    rows: list[PlanRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def of(self, action: Action) -> list[PlanRow]:
        return [row for row in self.rows if row.action is action]
