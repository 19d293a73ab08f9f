"""The committed schema, and what it promises of the registry's columns."""

from pathlib import Path

import pytest

import graphql_schema
from graphql_schema import KNOWN, sdl
from portal.directory.types import TYPES
from portal.models import RECORDS

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
    "ixp_update_exclude",  # PeeringDB's own bookkeeping
}


def test_the_committed_schema_is_the_served_one() -> None:
    committed = Path(graphql_schema.__file__).with_name("schema.graphql").read_text()
    assert committed == sdl(), "python -m graphql_schema > graphql_schema/schema.graphql"


def test_every_record_type_is_described_and_shown() -> None:
    assert {kind.tag: kind.model for kind in TYPES.values()} == RECORDS
    assert set(KNOWN.objects) == set(TYPES)


@pytest.mark.parametrize("tag", sorted(TYPES))
def test_every_column_is_shown_or_knowingly_not(tag: str) -> None:
    fields = KNOWN.fields[KNOWN.objects[tag].name].values()
    shown = {field.column for field in fields if field.column}
    assert shown == set(TYPES[tag].columns) - NOT_SHOWN


@pytest.mark.parametrize("tag", sorted(TYPES))
def test_every_relation_is_shown(tag: str) -> None:
    fields = KNOWN.fields[KNOWN.objects[tag].name].values()
    assert {field.relation for field in fields if field.relation} == set(TYPES[tag].relations.values())
