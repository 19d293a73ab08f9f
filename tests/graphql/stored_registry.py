"""Registries of the oracles' kind in the portal's database, and their rows as they are stored."""

from collections.abc import Iterable
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import text

from portal.db.session import lock
from portal.extensions import db
from portal.registry.types import RECORDS
from tests.graphql import peers_oracle, random_registry
from tests.graphql.oracle import Tables
from tests.graphql.oracle_types import TYPES
from tests.people import People

MODELS: dict[str, Any] = {model.__name__: model for model in RECORDS.values()}
NETWORK_NULLS = dict.fromkeys(
    ("info_prefixes4", "info_prefixes6", "rir_status_updated", "netixlan_updated", "netfac_updated", "poc_updated")
)
NULLS = {
    "Network": NETWORK_NULLS,
    "Exchange": dict.fromkeys(("ixf_last_import", "ixf_import_request")),
    "PeeringLan": dict.fromkeys(("mtu", "vlan")),
    "Facility": dict.fromkeys(("latitude", "longitude", "campus_id")),
    "Organization": dict.fromkeys(("latitude", "longitude")),
}


def store(app: Flask, rows: Iterable[tuple[str, dict[str, Any]]]) -> Tables:
    """Stores (model, columns), parents first, and reads all tables back raw."""
    with app.app_context():
        lock(db.session())
        for kind, values in rows:
            db.session.add(MODELS[kind](**{**NULLS.get(kind, {}), **values}))
            db.session.flush()
        db.session.commit()
        return {table: [dict(row) for row in db.session.execute(text(f"SELECT * FROM {table}")).mappings()] for table, *_ in TYPES.values()}


def store_random_registry(app: Flask, people: People, seed: int) -> Tables:
    return store(app, random_registry.registry(Random(seed), [people.ours, people.theirs]))


def store_meeting_networks(app: Flask, people: People, seed: int) -> Tables:
    """A registry where many networks meet."""
    return store(app, peers_oracle.registry(Random(seed), [people.ours, people.theirs]))
