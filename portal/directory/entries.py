"""Conditions on columns that hold a list of objects or texts, as `social_media` does: what some, none or every entry of it is."""

from typing import Any

from sqlalchemy import ColumnElement, String, and_, literal_column, not_, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import Boolean

from portal.directory.comparing import compare_value

ITSELF = ""
# Column → what can be asked of an entry; of a text that is itself.
ENTRIES = {"social_media": frozenset({"service", "identifier"}), "ixp_update_exclude": frozenset({ITSELF})}
QUANTIFIERS = frozenset({"some", "none", "every"})


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


def of_entries(column: ColumnElement[Any], quantifier: str, shape: tuple[Any, ...]) -> ColumnElement[bool]:
    """`shape` holds (name, lookup, what it binds) of each condition on an entry, all of which must hold."""
    meets = and_(true(), *(compare_value(Entry(name), lookup, bound) for name, lookup, bound in shape))
    wanted = not_(meets) if quantifier == "every" else meets
    some = and_(column != literal_column("'[]'"), HasEntry(column, wanted))
    return some if quantifier == "some" else not_(some)
