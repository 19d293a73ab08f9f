"""The committed schema, and what it promises of the registry's columns."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLNamedType

import graphql_schema
from graphql_schema import INDEX, sdl
from portal.registry.types import RECORDS, TYPES

NOT_SHOWN = {
    "organization_id",
    "network_id",
    "exchange_id",
    "peering_lan_id",
    "facility_id",
    "carrier_id",
    "campus_id",
    "net_side_id",
    "ix_side_id",
}


def test_the_committed_schema_is_the_served_one() -> None:
    committed = Path(graphql_schema.__file__).with_name("schema.graphql").read_text()
    assert committed == sdl(), "python -m graphql_schema > graphql_schema/schema.graphql"


def test_every_record_type_is_described_and_shown() -> None:
    assert {kind.tag: kind.model for kind in TYPES.values()} == RECORDS
    assert set(INDEX.objects) == set(TYPES)


@pytest.mark.parametrize("tag", sorted(TYPES))
def test_every_column_is_shown_or_knowingly_not(tag: str) -> None:
    fields = INDEX.fields[INDEX.objects[tag].name].values()
    shown = {field.column for field in fields if field.column}
    assert shown == set(TYPES[tag].columns) - NOT_SHOWN


@pytest.mark.parametrize("tag", sorted(TYPES))
def test_every_relation_is_shown(tag: str) -> None:
    fields = INDEX.fields[INDEX.objects[tag].name].values()
    assert {field.relation for field in fields if field.relation} == set(TYPES[tag].relations.values())


def parts_of(named: GraphQLNamedType) -> Iterator[tuple[str, Any]]:
    """The type's fields, their arguments, and its values, by where they stand."""
    yield named.name, named
    if isinstance(named, GraphQLEnumType):
        yield from ((f"{named.name}.{name}", value) for name, value in named.values.items())
    for name, field in getattr(named, "fields", {}).items():
        yield f"{named.name}.{name}", field
        yield from ((f"{named.name}.{name}({argument})", value) for argument, value in getattr(field, "args", {}).items())


def test_every_part_of_the_schema_is_described() -> None:
    ours = [named for name, named in INDEX.schema.type_map.items() if not name.startswith("__")]
    parts = [part for named in ours for part in parts_of(named)]
    for directive in INDEX.schema.directives:
        parts += [
            (f"@{directive.name}", directive),
            *((f"@{directive.name}({name})", argument) for name, argument in directive.args.items()),
        ]
    assert len(parts) > 1400
    assert [place for place, part in parts if not part.description] == []


@pytest.mark.parametrize("tag", sorted(TYPES))
def test_each_field_of_a_record_names_its_source_and_its_scope(tag: str) -> None:
    for name, field in INDEX.objects[tag].fields.items():
        described = INDEX.fields[INDEX.objects[tag].name][name]
        source = f"{tag}.{described.column}" if described.column else TYPES[described.relation.target].tag if described.relation else ""
        assert re.search(rf"PeeringDB: {source}\. Needs [a-z_: ]+\.$", field.description or ""), name


@pytest.mark.parametrize("tag", sorted(TYPES))
def test_every_relation_can_be_followed_back(tag: str) -> None:
    for relation in TYPES[tag].relations.values():
        back = (tag, relation.remote, relation.local)
        assert back in {(other.target, other.local, other.remote) for other in TYPES[relation.target].relations.values()}, relation
