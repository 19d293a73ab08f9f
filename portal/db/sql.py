"""`among(column, name)`: membership in a bound list of any length, one statement for all lengths on both engines."""

from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Dialect,
    Integer,
    String,
    Text,
    bindparam,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import Boolean, TypeDecorator, TypeEngine

from portal.db.types import Json


class NumberList(TypeDecorator[Any]):
    """A bound list of whole numbers: a JSON array on SQLite, bigint[] on PostgreSQL."""

    impl = Text
    cache_ok = True
    item: TypeEngine[Any] = BigInteger()

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(ARRAY(self.item) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return orjson.dumps(value).decode() if dialect.name == "sqlite" else value


class TextList(NumberList):
    """A bound list of texts: a JSON array on SQLite, text[] on PostgreSQL."""

    cache_ok = True
    item = Text()


class Among(ColumnElement[bool]):
    """`column` is one of the values bound under `name`."""

    _traverse_internals = [("column", InternalTraversal.dp_clauseelement), ("list", InternalTraversal.dp_clauseelement)]  # noqa: RUF012
    type = Boolean()
    _is_implicitly_boolean = True  # SQLAlchemy's own word for "needs no = 1", which would keep SQLite from using an index

    def __init__(self, column: ColumnElement[Any], name: str, list_type: TypeEngine[Any]) -> None:
        self.column = column
        self.list: ColumnElement[Any] = bindparam(name, type_=list_type)


def among(column: ColumnElement[Any], name: str, *, texts: bool = False) -> ColumnElement[bool]:
    return Among(column, name, TextList() if texts else NumberList())


@compiles(Among, "sqlite")
def among_on_sqlite(element: Among, compiler: Any, **options: Any) -> str:
    column, values = compiler.process(element.column, **options), compiler.process(element.list, **options)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - both parts are compiled, values stay bound


@compiles(Among, "postgresql")
def among_on_postgresql(element: Among, compiler: Any, **options: Any) -> str:
    column, values = compiler.process(element.column, **options), compiler.process(element.list, **options)
    return f"{column} = ANY ({values})"


class Holds(ColumnElement[bool]):
    """The JSON text of a list holds one of the texts bound under `name`, each in its quotes behind a bracket or comma.

    A quote inside an entry is stored behind a backslash, so that nothing inside another entry can look like that.
    """

    inherit_cache = False
    type = Boolean()
    _is_implicitly_boolean = True

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.list: ColumnElement[Any] = bindparam(name, type_=TextList())


@compiles(Holds, "sqlite")
def holds_on_sqlite(element: Holds, compiler: Any, **options: Any) -> str:
    column, values = compiler.process(element.column, **options), compiler.process(element.list, **options)
    return f"EXISTS (SELECT 1 FROM json_each({values}) WHERE instr({column}, value) > 0)"  # noqa: S608 - compiled parts


@compiles(Holds, "postgresql")
def holds_on_postgresql(element: Holds, compiler: Any, **options: Any) -> str:
    column, values = compiler.process(element.column, **options), compiler.process(element.list, **options)
    return f"EXISTS (SELECT 1 FROM unnest({values}) AS value WHERE strpos({column}, value) > 0)"  # noqa: S608 - compiled parts


ITSELF = ""


class Entry(ColumnElement[str]):
    """A text of the entry at hand, or the entry itself; empty where the entry hasn't it, or holds something else there."""

    inherit_cache = False
    type = String()
    nullable = False

    def __init__(self, name: str) -> None:
        self.name = name


class HasEntry(ColumnElement[bool]):
    """The column's list has an entry that meets a condition over `Entry`."""

    inherit_cache = False
    type = Boolean()
    _is_implicitly_boolean = True

    def __init__(self, column: ColumnElement[Any], condition: ColumnElement[bool]) -> None:
        self.column, self.condition = column, condition


@compiles(Entry, "sqlite")
def entry_on_sqlite(element: Entry, _compiler: Any, **_options: Any) -> str:
    if element.name == ITSELF:
        return "CASE WHEN entry.type = 'text' THEN entry.value ELSE '' END"
    path = f"entry.value, '$.{element.name}'"
    return f"CASE WHEN json_type({path}) = 'text' THEN json_extract({path}) ELSE '' END"


@compiles(Entry, "postgresql")
def entry_on_postgresql(element: Entry, _compiler: Any, **_options: Any) -> str:
    value = "entry.value" if element.name == ITSELF else f"entry.value -> '{element.name}'"
    return f"""(CASE WHEN json_typeof({value}) = 'string' THEN {value} #>> '{{}}' ELSE '' END) COLLATE "C\""""


@compiles(HasEntry, "sqlite")
def has_entry_on_sqlite(element: HasEntry, compiler: Any, **options: Any) -> str:
    column, condition = compiler.process(element.column, **options), compiler.process(element.condition, **options)
    return f"EXISTS (SELECT 1 FROM json_each({column}) AS entry WHERE {condition})"  # noqa: S608 - compiled parts


@compiles(HasEntry, "postgresql")
def has_entry_on_postgresql(element: HasEntry, compiler: Any, **options: Any) -> str:
    column, condition = compiler.process(element.column, **options), compiler.process(element.condition, **options)
    return f"EXISTS (SELECT 1 FROM json_array_elements(CAST({column} AS json)) AS entry(value) WHERE {condition})"  # noqa: S608 - compiled parts


class TimeText(ColumnElement[str]):
    """A time in PeeringDB's text form, made by the database: SQLite stores it so, and PostgreSQL writes it faster than Python."""

    inherit_cache = False
    type = Text()

    def __init__(self, column: ColumnElement[Any]) -> None:
        self.column = column


@compiles(TimeText, "sqlite")
def time_text_on_sqlite(element: TimeText, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.column, **options))


@compiles(TimeText, "postgresql")
def time_text_on_postgresql(element: TimeText, compiler: Any, **options: Any) -> str:
    return f"""to_char({compiler.process(element.column, **options)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""


class JsonText(ColumnElement[str]):
    """A column's value as JSON text, as a column of type Json stores it."""

    inherit_cache = False
    type = Text()

    def __init__(self, column: ColumnElement[Any]) -> None:
        self.column = column


@compiles(JsonText, "sqlite")
def json_text_on_sqlite(element: JsonText, compiler: Any, **options: Any) -> str:
    value = str(compiler.process(element.column, **options))
    if isinstance(element.column.type, Json):
        return value
    return f"iif({value}, 'true', 'false')" if isinstance(element.column.type, Boolean) else f"json_quote({value})"


@compiles(JsonText, "postgresql")
def json_text_on_postgresql(element: JsonText, compiler: Any, **options: Any) -> str:
    value = str(compiler.process(element.column, **options))
    return value if isinstance(element.column.type, Json) else f"coalesce(to_json({value})::text, 'null')"


class Position(ColumnElement[int]):
    """Where a text begins in another, from 1; 0 where it isn't in it. Letters must be the same."""

    inherit_cache = False
    type = Integer()

    def __init__(self, text: ColumnElement[str], part: ColumnElement[str]) -> None:
        self.text, self.part = text, part


class Spaced(ColumnElement[str]):
    """A text with blanks for separators."""

    inherit_cache = False
    type = Text()

    def __init__(self, text: ColumnElement[str]) -> None:
        self.text = text


class Joined(ColumnElement[str]):
    """A text without the punctuation inside words: "de-cix frankfurt" as "decix frankfurt"."""

    inherit_cache = False
    type = Text()

    def __init__(self, text: ColumnElement[str]) -> None:
        self.text = text


@compiles(Position, "sqlite")
def position_on_sqlite(element: Position, compiler: Any, **options: Any) -> str:
    return f"instr({compiler.process(element.text, **options)}, {compiler.process(element.part, **options)})"


@compiles(Position, "postgresql")
def position_on_postgresql(element: Position, compiler: Any, **options: Any) -> str:
    return f"strpos({compiler.process(element.text, **options)}, {compiler.process(element.part, **options)})"


@compiles(Spaced, "sqlite")
def spaced_on_sqlite(element: Spaced, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.text, **options)
    for separator in SEPARATORS:
        text = f"replace({text}, '{separator}', ' ')"
    return str(text)


@compiles(Spaced, "postgresql")
def spaced_on_postgresql(element: Spaced, compiler: Any, **options: Any) -> str:
    return f"translate({compiler.process(element.text, **options)}, '{SEPARATORS}', '{' ' * len(SEPARATORS)}')"


class Punctuated(ColumnElement[bool]):
    """Whether a text has punctuation that Joined leaves out. Only SQLite asks: it takes a call for each mark to leave it out."""

    inherit_cache = False
    type = Boolean()
    _is_implicitly_boolean = True

    def __init__(self, text: ColumnElement[str]) -> None:
        self.text = text


@compiles(Punctuated, "sqlite")
def punctuated_on_sqlite(element: Punctuated, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.text, **options)
    marks = " OR ".join(f"instr({text}, {quoted(mark)})" for mark in PUNCTUATION)  # takes less than one GLOB
    return f"({text} <> '' AND ({marks}))"


@compiles(Punctuated, "postgresql")
def punctuated_on_postgresql(_element: Punctuated, _compiler: Any, **_options: Any) -> str:
    return "true"


@compiles(Joined, "sqlite")
def joined_on_sqlite(element: Joined, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.text, **options)
    for mark in PUNCTUATION:
        text = f"replace({text}, {quoted(mark)}, '')"
    return str(text)


@compiles(Joined, "postgresql")
def joined_on_postgresql(element: Joined, compiler: Any, **options: Any) -> str:
    return f"translate({compiler.process(element.text, **options)}, {quoted(PUNCTUATION)}, '')"


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


PUNCTUATION = "-./&'"  # what people leave out of names
SEPARATORS = "-/(.:"  # beside blanks, what a word of a name can follow
