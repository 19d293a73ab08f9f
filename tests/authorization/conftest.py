"""The world on both engines, a key of every kind, and a way to ask that looks at whatever comes back."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from portal.access.permissions import GRANTABLE, Permission
from portal.access.principal import COMMAND_LINE
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.db.session import lock, now
from portal.extensions import db
from portal.limits.memory import Spending
from portal.models import ApiKeyGrant, ApiKeyGrantObject
from portal.registry.types import RECORDS
from tests.apps import opened, settings_for
from tests.authorization.rights import ANONYMOUS, CONTACT, GATED, NEEDS, READS, Caller, Rights, Row, Tables
from tests.authorization.served import TAGS, Served
from tests.authorization.world import OURS, THEIRS, world
from tests.engines import Engine
from tests.graphql.oracle_types import TYPES

MARK = re.compile(r"\b([a-z_]+)\.([a-z0-9_]+)\.(\d+)!")
IDENTITY = re.compile(rf'"({"|".join(TAGS)}):(\d+)"')
PRIVATE = tuple(permission.value for permission in GRANTABLE if permission.action == "read_private")


@dataclass
class Asker:
    """Asks as a caller, and holds what the caller may see against every answer, whatever was asked."""

    app: Flask
    client: FlaskClient
    caller: Caller
    rights: Rights

    def send(self, query: str, *, deleted: bool = False, **variables: Any) -> TestResponse:
        self.app.extensions["portal spending"] = Spending()  # a test may ask more than a minute's budget
        response = self.client.post("/graphql", json={"query": query, "variables": variables}, headers=self.caller.headers)
        if response.status_code == 200:  # what is refused repeats the question's words at most
            self.hold(response.get_data(as_text=True), deleted=deleted)
        return response

    def ask(self, query: str, *, deleted: bool = False, **variables: Any) -> Any:
        """The data of an answer without errors; `deleted`: the query asks for deleted rows too."""
        response = self.send(query, deleted=deleted, **variables)
        assert response.status_code == 200, (self.caller, response.get_data(as_text=True)[:2000], query[:2000])
        answer: Any = response.json
        assert "errors" not in answer, (self.caller, answer, query[:2000])
        return answer["data"]

    def refused(self, query: str, **variables: Any) -> set[str]:
        """Every Type.field that is refused; empty where the question is answered."""
        response = self.send(query, **variables)
        answer: Any = response.json
        if response.status_code == 200:
            assert "errors" not in answer, (self.caller, answer, query[:2000])
            return set()
        assert response.status_code == 403, (self.caller, answer, query[:2000])
        assert "data" not in answer
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}
        return {error["message"].partition(" needs ")[0] for error in answer["errors"]}

    def hold(self, answer: str, *, deleted: bool = False) -> None:
        """No id and no text of what the caller may not see stands in the answer; `deleted`: where deleted rows are asked for."""
        for tag, number in set(IDENTITY.findall(answer)):
            table = TYPES[TAGS[tag]][0]
            row = self.rights.tables[table][int(number)]
            assert self.rights.sees(table, row, deleted=deleted), (self.caller, tag, number)
        for table, column, number in set(MARK.findall(answer)):
            row = self.rights.tables[table][int(number)]
            assert self.rights.sees(table, row, deleted=deleted), (self.caller, table, column, number)
            assert (table, column) not in GATED or self.rights.shows(table, row, column), (self.caller, table, column, number)


@dataclass
class World:
    """`tables` are the raw rows."""

    app: Flask
    served: Served
    tables: Tables
    callers: dict[str, Caller]

    def asker(self, name: str) -> Asker:
        caller = self.callers[name]
        return Asker(self.app, self.app.test_client(), caller, Rights(self.tables, caller))

    def everybody(self) -> Iterator[Asker]:
        for name in self.callers:
            yield self.asker(name)

    def some_of_each(self, *tables: str) -> Iterator[Asker]:
        """Of the callers that may ask for these tables and see the same rows of them, one."""
        met: set[Any] = set()
        for asker in self.everybody():
            seen = tuple((asker.rights.may(NEEDS[table]), *(row["id"] for row in asker.rights.rows(table))) for table in tables)
            if seen not in met:
                met.add(seen)
                yield asker


CHOSEN = frozenset({1})
MIXED: dict[str, dict[str, frozenset[int] | None]] = {
    "reads": dict.fromkeys(READS),
    "full": dict.fromkeys(permission.value for permission in GRANTABLE),
    "all but contacts": dict.fromkeys(scope for scope in (*READS, *PRIVATE) if not scope.startswith("contacts:")),
    "private of the listed": {**dict.fromkeys(READS), **dict.fromkeys(PRIVATE, CHOSEN)},
    "contacts and exchanges": dict.fromkeys((CONTACT, "exchanges:read")),
}
LENT = "private of what is listed and not its own"  # listed while it was; the grants stay when an object changes hands


def every_grant() -> Iterator[tuple[str, int, dict[str, frozenset[int] | None]]]:
    """(name, organization, grants) of every key."""
    for permission in GRANTABLE:
        yield permission.value, OURS, {permission.value: None}
    for name, grants in MIXED.items():
        yield name, OURS, grants
    yield LENT, OURS, {**dict.fromkeys(READS), **dict.fromkeys(PRIVATE, CHOSEN)}
    yield "theirs", THEIRS, MIXED["full"]


def issued(name: str, organization: int, grants: dict[str, frozenset[int] | None]) -> Caller:
    draft = Draft(
        name, "noc@example.net", now().date() + timedelta(days=90), grants={Permission(scope): ids for scope, ids in grants.items()}
    )
    key, token = issue(db.session(), COMMAND_LINE, organization, draft)
    if name == LENT:
        for line in db.session.query(ApiKeyGrant).filter_by(api_key_id=key.id, whole=False):
            db.session.add(ApiKeyGrantObject(grant_id=line.id, object_id=5))
        grants = {scope: ids and ids | {5} for scope, ids in grants.items()}
    return Caller(name, grants, organization, {"Authorization": f"Bearer {token.reveal()}"})


def fill(served: Served) -> Tables:
    """Stores the world, and reads it back raw."""
    models: dict[str, Any] = {model.__name__: model for model in RECORDS.values()}
    lock(db.session())
    for name, rows in world(served).items():
        db.session.add_all(models[name](**row) for row in rows)
        db.session.flush()
    db.session.commit()
    return {table: raw(table) for table, *_ in TYPES.values()}


def raw(table: str) -> dict[int, Row]:
    return {row["id"]: dict(row) for row in db.session.execute(text(f"SELECT * FROM {table}")).mappings()}


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))])
def everything(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Made once for each engine: its tests only read."""
    engine: Engine = request.getfixturevalue(request.param)
    with engine.fresh() as url, opened(settings_for(url, tmp_path_factory.mktemp("world"))) as app:
        served = Served(json.loads(app.test_client().get("/graphql/schema.json").data)["data"])
        with app.app_context():
            tables = fill(served)
            keys = [issued(*grant) for grant in every_grant()]
            db.session.commit()
        yield World(app, served, tables, {caller.name: caller for caller in (ANONYMOUS, *keys)})
