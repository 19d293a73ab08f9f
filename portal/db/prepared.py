"""A select compiled once for an engine, run with bound values alone; rows come back as the driver's own tuples.

Building a select costs more than running it (80–130 µs against 17), so the request path only ever runs prepared ones.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.sql import ClauseElement

from portal.db.reader import Row, Snapshot


class Prepared:
    """SQL text with named values; `rows()` takes every value that the statement binds, and ignores others."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self.bind = binder(compiled, dialect)

    def rows(self, snapshot: Snapshot, values: Mapping[str, Any]) -> list[Row]:
        return snapshot.rows(self.sql, self.bind(values))


def binder(compiled: Any, dialect: Dialect) -> Callable[[Mapping[str, Any]], Any]:
    """A function from named values to what the driver takes: `v` is looked up, `p` puts a value into the driver's form, `c` is constant.

    Names are parameters' own, written as literals: nothing that a caller wrote gets into the function's text.
    """
    parts, names = dict[str, str](), dict[str, Any]()
    for place, (parameter, name) in enumerate(compiled.bind_names.items()):
        process = parameter.type.dialect_impl(dialect).bind_processor(dialect)
        if parameter.required:
            names[f"p{place}"] = process
            parts[name] = f"p{place}(v[{name!r}])" if process else f"v[{name!r}]"
        else:
            names[f"c{place}"] = process(parameter.value) if process else parameter.value
            parts[name] = f"c{place}"
    if compiled.positiontup is None:
        text = "{" + ", ".join(f"{name!r}: {part}" for name, part in parts.items()) + "}"
    else:
        places = {name: f"b{place}" for place, name in enumerate(parts)}  # a value that stands at several places is made once
        bound = "".join(f"{places[name]}, " for name in compiled.positiontup)
        text = f"(lambda {', '.join(places.values())}: ({bound}))({', '.join(parts.values())})"
    function: Callable[[Mapping[str, Any]], Any] = eval(f"lambda v: {text}", names)  # noqa: S307 - see above; it runs for every statement
    return function
