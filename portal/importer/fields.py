"""The one table between PeeringDB's fields and our columns, for all 13 types: made from the models, so that it can't fall behind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Any, cast

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, Table, inspect

from portal.db.types import Json, Timestamp
from portal.importer import values
from portal.importer.values import Convert
from portal.registry.description import INTERNAL_COLUMNS, OWN_COLUMNS
from portal.registry.records import LIVE, Record
from portal.registry.types import RECORDS, TYPES

TABLES = {kind.table.name: kind.tag for kind in TYPES.values()}
PEERINGDB_NAMES = {f"{name}_id": f"{tag}_id" for name, tag in TABLES.items()}  # network_id → net_id
DERIVED = {tag: frozenset(model.derived({"prefix": "192.0.2.0/24", "status": LIVE})) for tag, model in RECORDS.items()}
OURS = frozenset(INTERNAL_COLUMNS | OWN_COLUMNS).difference(*DERIVED.values())  # a dump neither tells nor touches them
ABSENT = object()

CONVERTED: dict[str, Convert] = {
    "id": values.whole_number(1, values.HIGHEST_ID),
    "status": values.status,
    "name": values.short_text,
    "arp_sponge": values.short_text,
    "ipaddr4": values.address(IPv4Address),
    "ipaddr6": values.address(IPv6Address),
    "prefix": values.prefix,
    "social_media": values.listed(dict),
    "info_types": values.listed(str),
    "available_voltage_services": values.listed(str),
}
BY_TYPE: dict[type[Any], Convert] = {
    BigInteger: values.whole_number(0, values.HIGHEST_ASN),  # all of them are ASNs
    Boolean: values.truth,
    Float: values.number,
    Integer: values.whole_number(-values.HIGHEST_INTEGER - 1, values.HIGHEST_INTEGER),
    Json: values.listed(object),
    Timestamp: values.moment,
}
FOLLOWS_LAN = ("netixlan", "exchange_id")  # a port is at its LAN's exchange, whatever the row says


@dataclass(frozen=True)
class Field:
    """PeeringDB's `name` of our `column`; `required`: a row without it is no row."""

    name: str
    column: str
    convert: Convert
    required: bool


def convert_for(column: Column[Any]) -> Convert:
    """By name where one has a form of its own, else by the column's type."""
    if column.foreign_keys:
        return values.whole_number(0, values.HIGHEST_INTEGER)
    if column.name in CONVERTED:
        return CONVERTED[column.name]
    return next((convert for kind, convert in BY_TYPE.items() if isinstance(column.type, kind)), values.text)


def fields_of(tag: str, model: type[Record]) -> tuple[Field, ...]:
    columns = [column for column in table_of(model).columns if column.name not in TYPES[tag].counters.keys() | OURS | DERIVED[tag]]
    return tuple(Field(peeringdb_name(column.name), column.name, convert_for(column), required(tag, column)) for column in columns)


def table_of(model: type[Record]) -> Table:
    return cast(Table, inspect(model).local_table)


def peeringdb_name(column: str) -> str:
    return PEERINGDB_NAMES.get(column, column)


def required(tag: str, column: Column[Any]) -> bool:
    return not column.nullable and column.default is None and (tag, column.name) != FOLLOWS_LAN


FIELDS: dict[str, tuple[Field, ...]] = {tag: fields_of(tag, model) for tag, model in RECORDS.items()}
COLUMNS: dict[str, tuple[str, ...]] = {tag: (*(field.column for field in fields), *sorted(DERIVED[tag])) for tag, fields in FIELDS.items()}


def columns_of(tag: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """A row's values in the order of COLUMNS[tag]; None where the row doesn't say. Raises ValueError naming the field."""
    columns: dict[str, Any] = {}
    for field in FIELDS[tag]:
        given = row.get(field.name, ABSENT)
        try:
            columns[field.column] = None if given is ABSENT else field.convert(given)
        except ValueError as error:
            raise ValueError(f"{field.name} {error}") from None
        if field.required and columns[field.column] is None:
            raise ValueError(f"{field.name} is missing")
    columns["status"] = columns["status"] or "ok"
    derived = RECORDS[tag].derived(columns)
    # What follows from a field that the row doesn't tell isn't told either.
    derived |= {name: None for name in derived if name.endswith("_fold") and columns[name.removesuffix("_fold")] is None}
    columns |= derived
    return tuple(columns.get(column) for column in COLUMNS[tag])
