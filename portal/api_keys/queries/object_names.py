"""What people call the objects that a key's history names: AS64500 for a network, a name for anything else."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Select, String, cast, literal, select, union_all

from portal.access.principal import Principal
from portal.access.visibility import bound_values, visibility_of
from portal.audit.objects import Names, ids_in
from portal.db.sql import among
from portal.registry.read.visible import visible
from portal.registry.types import LISTED_TYPES


def read_object_names(connection: Connection, principal: Principal, details: Iterable[Mapping[str, Any]]) -> Names:
    """Returns resource → id → name, by one statement at most. What is gone, or that the principal doesn't see, isn't in it."""
    ids = {resource: numbers for resource, numbers in ids_in(details).items() if resource in LISTED_TYPES}
    names: dict[str, dict[int, str]] = defaultdict(dict)
    if ids:
        values = {**bound_values(principal), **{name_of(resource): sorted(numbers) for resource, numbers in ids.items()}}
        for resource, identity, name in connection.execute(union_all(*(labels(principal, resource) for resource in ids)), values):
            names[resource][identity] = name
    return names


def labels(principal: Principal, resource: str) -> Select[Any]:
    kind = LISTED_TYPES[resource]
    rows = kind.table
    label = literal("AS") + cast(rows.c.asn, String) if "asn" in rows.c else rows.c.name
    statement = select(literal(resource).label("resource"), rows.c.id, label.label("label"))
    return statement.where(among(rows.c.id, name_of(resource)), visible(visibility_of(principal), kind, rows))


def name_of(resource: str) -> str:
    return f"ids_{resource}"
