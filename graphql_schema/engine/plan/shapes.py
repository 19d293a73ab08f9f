"""From rows to dicts: a function made for one selection, with the conversion of each value written into it."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from graphql import GraphQLList, GraphQLNonNull, GraphQLScalarType
from sqlalchemy import Boolean

from graphql_schema.engine.schema_index import RecordField
from portal.registry.description import RecordType

Row = tuple[Any, ...]
MakeDicts = Callable[[list[Row]], list[dict[str, Any]]]


class Shape:
    """One selection set on a level's rows: response keys with an expression over the row `r`, and the children below."""

    def __init__(self) -> None:
        self.parts: dict[str, str] = {}
        self.names: dict[str, Any] = {}
        self.children: list[Any] = []
        self.make: MakeDicts

    def constant(self, key: str, value: str) -> None:
        self.parts[key] = repr(value)

    def place(self, key: str, place: int) -> None:
        """The plain value; children later replace a join value."""
        self.parts[key] = f"r[{place}]"

    def identity(self, key: str, kind: RecordType, place: int) -> None:
        self.parts[key] = f"'{kind.tag}:' + str(r[{place}])"

    def convert(self, key: str, place: int, function: Callable[[Any], Any]) -> None:
        name = f"f{len(self.names)}"
        self.names[name] = function
        self.parts[key] = f"{name}(r[{place}])"

    def boolean(self, key: str, place: int, *, nullable: bool) -> None:
        self.parts[key] = f"(None if r[{place}] is None else r[{place}] != 0)" if nullable else f"r[{place}] != 0"

    def finish(self) -> None:
        """Response keys are GraphQL names and expressions are ours: all that a caller can choose is a name."""
        parts = ", ".join(f"{key!r}: {expression}" for key, expression in self.parts.items())
        self.make = eval(f"lambda rows: [{{{parts}}} for r in rows]", self.names)  # noqa: S307 - see above; 3 times faster than a loop


def add_column(shape: Shape, key: str, place: int, kind: RecordType, shown: RecordField, below: Callable[[], Mapping[str, str]]) -> None:
    """Adds a column in the form that the schema promises. `below` gives response key → entry of a list of objects."""
    column = kind.table.c[str(shown.column)]
    if shown.target.name == "ID":
        shape.identity(key, kind, place)
    elif is_list(shown) and shown.texts is not None:
        texts = shown.texts
        shape.convert(key, place, lambda text: [texts[entry] for entry in loaded(text) if entry in texts])
    elif is_list(shown) and isinstance(shown.target, GraphQLScalarType):
        shape.convert(key, place, texts_in)
    elif is_list(shown):
        shape.convert(key, place, objects(shown, below()))
    elif shown.texts is not None:
        shape.convert(key, place, shown.texts.get)
    elif isinstance(column.type, Boolean):
        shape.boolean(key, place, nullable=bool(column.nullable))
    else:
        shape.place(key, place)


def is_list(shown: RecordField) -> bool:
    kind = shown.definition.type
    return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)


def loaded(text: str | None) -> Any:
    return orjson.loads(text) if text else []


def texts_in(text: str | None) -> list[str]:
    """Returns the stored texts; an entry that a stranger wrote as something else is empty."""
    return [entry if isinstance(entry, str) else "" for entry in loaded(text)]


def objects(shown: RecordField, keys: Mapping[str, str]) -> Callable[[str | None], list[dict[str, Any]]]:
    """Shows the stored objects as they were selected; what a stranger's file left out, or wrote as something else, is empty."""
    read, type_name = shown.entries or loaded, shown.target.name

    def text_of(entry: Mapping[str, Any], name: str) -> str:
        value = entry.get(name) if name else type_name
        return value if isinstance(value, str) else ""

    return lambda text: [{key: text_of(entry, name) for key, name in keys.items()} for entry in read(text or "")]
