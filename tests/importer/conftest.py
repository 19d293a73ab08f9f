"""Small dumps, taken by the importer itself into a real database, and what the database holds afterwards."""

import copy
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.principal import COMMAND_LINE
from portal.db.base import Base
from portal.extensions import db
from portal.importer.fields import table_of
from portal.importer.outcome import Outcome
from portal.importer.run import Options, import_dump
from portal.importer.stream import Source
from portal.registry.types import RECORDS

Rows = dict[str, list[dict[str, Any]]]
Tables = dict[str, list[dict[str, Any]]]
TIMES = {"status": "ok", "created": "2020-01-02T03:04:05Z", "updated": "2026-04-16T08:00:00Z"}

# One organization has the networks, the other the exchange and the facilities. Children stand before their parents here and there.
SMALL: Rows = {
    "poc": [
        {
            "id": 1,
            "net_id": 1,
            "role": "NOC",
            "visible": "Public",
            "name": "Nora Noc",
            "phone": "+1 555 0100",
            "email": "noc@example.net",
            "url": "",
        },
        {
            "id": 2,
            "net_id": 1,
            "role": "Policy",
            "visible": "Users",
            "name": "Paul Peering",
            "phone": "",
            "email": "peering@example.net",
            "url": "",
        },
    ],
    "net": [
        {"id": 1, "org_id": 1, "asn": 64500, "name": "Example Net", "policy_general": "Open", "info_types": ["NSP"], "info_prefixes4": 20},
        {"id": 2, "org_id": 1, "asn": 64501, "name": "Second Net", "policy_general": "Selective", "info_types": []},
    ],
    "org": [{"id": 1, "name": "Example Org", "city": "Zürich"}, {"id": 2, "name": "Other Org", "latitude": 47.4, "longitude": 8.5}],
    "campus": [{"id": 1, "org_id": 2, "name": "Example Campus"}],
    "fac": [
        {"id": 1, "org_id": 2, "name": "Example House", "campus_id": 1},
        {"id": 2, "org_id": 2, "name": "Second House", "campus_id": None},
    ],
    "ix": [{"id": 1, "org_id": 2, "name": "EX-IX", "city": "Zürich", "media": "Ethernet"}],
    "ixlan": [{"id": 1, "ix_id": 1, "mtu": 1500, "arp_sponge": None}],
    "ixpfx": [
        {"id": 1, "ixlan_id": 1, "protocol": "IPv4", "prefix": "198.51.100.0/24", "in_dfz": True},
        {"id": 2, "ixlan_id": 1, "protocol": "IPv6", "prefix": "2001:DB8:1::/64", "in_dfz": True},
    ],
    "carrier": [{"id": 1, "org_id": 2, "name": "Example Carrier"}],
    "netixlan": [
        {
            "id": 1,
            "net_id": 1,
            "ix_id": 1,
            "ixlan_id": 1,
            "asn": 64500,
            "ipaddr4": "198.51.100.1",
            "ipaddr6": "2001:DB8:1:0::1",
            "speed": 10000,
        }
        | {"net_side_id": 1, "ix_side_id": None},
        {"id": 2, "net_id": 2, "ix_id": 1, "ixlan_id": 1, "asn": 64501, "ipaddr4": "198.51.100.2", "ipaddr6": None, "speed": 1000},
    ],
    "netfac": [{"id": 1, "net_id": 1, "fac_id": 1, "local_asn": 64500}, {"id": 2, "net_id": 1, "fac_id": 2, "local_asn": 64500}],
    "ixfac": [{"id": 1, "ix_id": 1, "fac_id": 1}],
    "carrierfac": [{"id": 1, "carrier_id": 1, "fac_id": 1}],
}


class Taken:
    """`outcome` and the `problems` that the report names."""

    def __init__(self, outcome: Outcome, problems: list[dict[str, Any]]) -> None:
        self.outcome = outcome
        self.problems = problems

    def named(self, problem: str) -> list[tuple[Any, ...]]:
        """(type, id, field, id of the other) of each such problem."""
        return [
            (entry["type"], entry["id"], entry.get("field"), entry.get("parent_id"))
            for entry in self.problems
            if entry["problem"] == problem
        ]

    def total(self, name: str) -> int:
        return self.outcome.total(name)


@dataclass(frozen=True)
class Registry:
    """What one app's database holds, and a way in."""

    app: Flask

    def take(self, dump: Rows | bytes, watch: Callable[[str], None] = lambda _: None, **options: bool) -> Taken:
        problems: list[dict[str, Any]] = []
        source = Source(io.BytesIO(dump if isinstance(dump, bytes) else as_bytes(dump)))
        with self.app.app_context():
            chosen = Options(**options)
            return Taken(import_dump(db.engine, COMMAND_LINE, source, "test.json", chosen, watch=watch, tell=problems.append), problems)

    def row(self, tag: str, identity: int) -> dict[str, Any]:
        table = table_of(RECORDS[tag])
        with self.app.app_context(), db.engine.connect() as connection:
            return dict(connection.execute(select(table).where(table.c.id == identity)).mappings().one())

    def tables(self, *, without: tuple[str, ...] = ("import_run",)) -> Tables:
        """Every table of the database but those, each row in order."""
        with self.app.app_context(), db.engine.connect() as connection:
            return {
                table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
                for table in Base.metadata.sorted_tables
                if table.name not in without
            }

    def records(self) -> Tables:
        """The 13 types, without the version in which a row changed."""
        names = {table_of(model).name for model in RECORDS.values()}
        tables = {name: rows for name, rows in self.tables().items() if name in names}
        return {name: [{column: row[column] for column in row if column != "changed"} for row in rows] for name, rows in tables.items()}

    def statuses(self) -> dict[tuple[str, int], str]:
        tags = {table_of(model).name: tag for tag, model in RECORDS.items()}
        return {(tags[name], row["id"]): row["status"] for name, rows in self.records().items() for row in rows}

    @property
    def version(self) -> int:
        return int(self.tables()["registry"][0]["version"])


def as_bytes(rows: Rows) -> bytes:
    return json.dumps({tag: {"data": records} for tag, records in rows.items()}).encode()


@pytest.fixture
def registry(app: Flask) -> Registry:
    return Registry(app)


@pytest.fixture
def small() -> Rows:
    """The test's own copy, to change as it likes."""
    return {tag: [TIMES | row for row in rows] for tag, rows in copy.deepcopy(SMALL).items()}
