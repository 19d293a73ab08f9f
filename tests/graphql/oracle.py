"""What an answer must be, by raw rows and plain Python. It imports nothing of the portal, so that it can't share a mistake with it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

from tests.graphql.oracle_orders import in_order, plain
from tests.graphql.oracle_types import ASCENDING, BOOLEANS, CHOICES, FOLDED, LISTS, OBJECTS, OWNER, PARENTS, ROOTS, TYPES, ZERO_IS_UNSET

Row = dict[str, Any]
Tables = dict[str, list[Row]]


@dataclass
class Caller:
    """What decides what is seen: the organization, and which visibilities of contacts."""

    own: int | None = None
    public: bool = True
    users: bool = False
    private: bool = False


@dataclass
class Part:
    """One selected field: response key, name, arguments, and what is selected below."""

    key: str
    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    below: list["Part"] = field(default_factory=list)


@dataclass
class Oracle:
    """Answers for one caller. `deleted`: of a list that shows deleted rows; relations to one show them too."""

    tables: Tables
    caller: Caller
    deleted: bool = False
    seen: dict[str, list[Row]] = field(default_factory=dict)

    def find(self, table: str, identity: Any) -> Row | None:
        return next((row for row in self.tables[table] if row["id"] == identity), None)

    def owner(self, table: str, row: Row) -> Any:
        if table == "organization":
            return row["id"]
        if table not in OWNER:
            return row["organization_id"]
        column = OWNER[table]
        parent = self.find(PARENTS[table][column], row[column])
        return self.owner(PARENTS[table][column], parent) if parent else None

    def visible(self, table: str, row: Row) -> bool:
        own = self.caller.own is not None and self.owner(table, row) == self.caller.own
        if (row["status"] == "deleted" and not self.deleted) or (row["status"] == "pending" and not own):
            return False
        for column, parent_table in PARENTS[table].items():
            parent = self.find(parent_table, row[column])
            if parent is None or not self.visible(parent_table, parent):
                return False
        if table == "contact":
            return {"Public": self.caller.public, "Users": self.caller.users, "Private": self.caller.private and own}[row["visible"]]
        return True

    def rows(self, kind: str, keep: Callable[[Row], bool] = lambda _: True) -> list[Row]:
        table = TYPES[kind][0]
        if table not in self.seen:
            self.seen[table] = sorted((row for row in self.tables[table] if self.visible(table, row)), key=lambda row: int(row["id"]))
        return [row for row in self.seen[table] if keep(row)]

    def answer(self, parts: list[Part]) -> Row:
        return {part.key: self.for_page(part).root(ROOTS[part.name], part) for part in parts}

    def for_page(self, part: Part) -> "Oracle":
        return Oracle(self.tables, self.caller, deleted=True) if part.arguments.get("includeDeleted") else self

    def root(self, kind: str, part: Part) -> Row:
        return self.page(kind, part, self.rows(kind))

    def related(self, row: Row, relation: tuple[str, bool, str, str]) -> list[Row]:
        target, many, local, remote = relation
        others = self.rows(target, lambda other: row[local] is not None and other[remote] == row[local])
        return [other for other in others if not many or other["status"] != "deleted"]

    def page(self, kind: str, part: Part, rows: list[Row]) -> Row:
        matching = [row for row in rows if self.holds(kind, row, part.arguments.get("where", {}))]
        matching = in_order(kind, matching, part.arguments.get("orderBy", []))
        first = part.arguments.get("first", 100)
        page: Row = {}
        for selected in part.below:
            if selected.name == "totalCount":
                page[selected.key] = len(matching)
            elif selected.name == "pageInfo":
                page[selected.key] = {"hasNextPage": len(matching) > first > 0}
            else:
                page[selected.key] = [self.record(kind, row, selected.below) for row in matching[:first]]
        return page

    def record(self, kind: str, row: Row, parts: list[Part]) -> Row:
        return {part.key: self.value(kind, row, part) for part in parts}

    def value(self, kind: str, row: Row, part: Part) -> Any:
        _, tag, _, relations = TYPES[kind]
        if part.name == "__typename":
            return kind
        if part.name == "id":
            return f"{tag}:{row['id']}"
        if part.name in OBJECTS:
            return [{selected.key: entry[selected.name] for selected in part.below} for entry in shown(kind, row, part.name)]
        if part.name not in relations:
            return shown(kind, row, part.name)
        target, many, *_ = relations[part.name]
        rows = self.related(row, relations[part.name])
        if many:
            return self.page(target, part, rows)
        return self.record(target, rows[0], part.below) if rows else None

    def holds(self, kind: str, row: Row, where: dict[str, Any]) -> bool:
        return all(self.condition(kind, row, name, value) for name, value in where.items())

    def condition(self, kind: str, row: Row, name: str, value: Any) -> bool:
        if name == "and":
            return all(self.holds(kind, row, part) for part in value)
        if name == "or":
            return any(self.holds(kind, row, part) for part in value)
        if name == "not":
            return not self.holds(kind, row, value)
        if name == "id":
            return alike(row["id"], {name: numbers(ids) for name, ids in value.items()})
        if name not in TYPES[kind][3]:
            actual = shown(kind, row, name)
            return several(actual, value) if isinstance(actual, list) else alike(actual, value, plain if name in FOLDED else lowered)
        target, many, *_ = TYPES[kind][3][name]
        others = self.related(row, TYPES[kind][3][name])
        met = {
            quantifier: [self.holds(target, other, part) for other in others]
            for quantifier, part in (value if many else {"": value}).items()
        }
        return all(QUANTIFIERS[quantifier](results) for quantifier, results in met.items())


QUANTIFIERS: dict[str, Callable[[list[bool]], bool]] = {"": any, "some": any, "every": all, "none": lambda met: not any(met)}


def several(actual: list[Any], condition: dict[str, Any]) -> bool:
    return all(QUANTIFIERS[quantifier]([meets(item, part) for item in actual]) for quantifier, part in condition.items())


def meets(actual: Any, condition: dict[str, Any]) -> bool:
    return all(alike(actual[name], part) for name, part in condition.items()) if isinstance(actual, dict) else alike(actual, condition)


def alike(actual: Any, condition: dict[str, Any], form: "Callable[[str], str] | None" = None) -> bool:
    return all(lookup(actual, name, operand, form or lowered) for name, operand in condition.items())


def shown(kind: str, row: Row, name: str) -> Any:
    value = row[TYPES[kind][2][name]]
    if name in OBJECTS:
        entries = json.loads(value)
        return [{part: entry[part] if isinstance(entry.get(part), str) else "" for part in OBJECTS[name]} for entry in entries]
    if name in LISTS:
        texts = json.loads(value) or [row["info_type"]] * (row["info_type"] not in {"", "Not Disclosed"})
        return [CHOICES[name][text] for text in texts if text in CHOICES[name]]
    if name in ZERO_IS_UNSET:
        return value or None
    if name in CHOICES:
        return CHOICES[name].get(value)
    return bool(value) if name in BOOLEANS else value


def lookup(actual: Any, operator: str, operand: Any, form: Callable[[str], str]) -> bool:
    if operator == "isNull":
        return (actual is None) is operand
    if operator == "ne":
        return actual is None or actual != operand
    if actual is None or (actual == "NOT_DISCLOSED" and operator in COMPARISONS):
        return False
    if operand in ASCENDING and operator in COMPARISONS:
        actual, operand = ASCENDING.index(actual), ASCENDING.index(operand)
    comparisons: dict[str, Callable[[], bool]] = {
        "eq": lambda: bool(actual == operand),
        "in": lambda: actual in operand,
        "gt": lambda: bool(actual > operand),
        "gte": lambda: bool(actual >= operand),
        "lt": lambda: bool(actual < operand),
        "lte": lambda: bool(actual <= operand),
        "contains": lambda: form(operand) in form(actual),
        "startsWith": lambda: form(actual).startswith(form(operand)),
        "containsIp": lambda: ip_address(operand) in ip_network(actual),
        "within": lambda: ip_network(actual).version == ip_network(operand).version and ip_network(actual).subnet_of(ip_network(operand)),  # type: ignore[arg-type]  # of one version
        "family": lambda: f"IPV{ip_network(actual).version}" == operand,
        "endsWith": lambda: form(actual).endswith(form(operand)),
    }
    return comparisons[operator]()


def numbers(ids: Any) -> Any:
    """The numbers in ids such as net:20 or 20."""
    return [numbers(one) for one in ids] if isinstance(ids, list) else int(ids.rpartition(":")[2])


COMPARISONS = {"gt", "gte", "lt", "lte"}


def lowered(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)
