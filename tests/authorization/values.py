"""What the fields of visible rows show, by the raw rows."""

import json
from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLEnumType, GraphQLObjectType, get_named_type

from tests.authorization.asker import Asker
from tests.authorization.rights import Row
from tests.authorization.schema import Record, Served, is_list

TIME_FORM = "%Y-%m-%dT%H:%M:%SZ"


def field_value(served: Served, asker: Asker, record: Record, name: str, row: Row, *, deleted: bool = False) -> Any:
    """What a field of a visible row shows; `deleted`: where deleted rows are asked for, relations to one lead to them."""
    relation = record.relations.get(name)
    if relation:
        target = served.records[relation.target]
        below = [other for other in asker.rights.rows(target.table, deleted=deleted) if row[relation.local] == other[relation.remote]]
        ids = [{"id": f"{target.tag}:{other['id']}"} for other in below]
        return {"totalCount": len(ids), "nodes": ids} if relation.many else next(iter(ids), None)
    if name == "id":
        return f"{record.tag}:{row['id']}"
    column = record.columns[name]
    return column_value(served, record, name, row[column]) if asker.rights.shows(record.table, row, column) else None


def column_value(served: Served, record: Record, name: str, value: Any) -> Any:
    """A column's value as the field shows it."""
    given = record.fields[name].type
    kind = get_named_type(given)
    if kind.name == "IrrAsSet":
        return [{"name": value.split()[0].removeprefix("RIPE::"), "source": "RIPE"}]
    if is_list(given):
        value = json.loads(value)
        if isinstance(kind, GraphQLObjectType):
            return [{name: part[name] for name in kind.fields} for part in value]
        return [served.texts(kind)[part] for part in value] if isinstance(kind, GraphQLEnumType) else value
    if isinstance(kind, GraphQLEnumType):
        return served.texts(kind)[value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime(TIME_FORM)
    return bool(value) if kind.name == "Boolean" else value
