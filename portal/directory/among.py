"""`among(column, name)`: membership in a bound list of any length, one statement for all lengths on both engines."""

from typing import Any

import orjson
from sqlalchemy import ARRAY, BigInteger, ColumnElement, Dialect, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import Boolean, TypeDecorator, TypeEngine


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

    inherit_cache = False
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
