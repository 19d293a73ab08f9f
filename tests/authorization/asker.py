"""A way to ask as a caller that looks at whatever comes back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.limits.memory import Spending
from tests.authorization.rights import GATED, NEEDS, Caller, Rights, Tables
from tests.authorization.schema import TAGS, Served
from tests.graphql.oracle_types import TYPES

MARK = re.compile(r"\b([a-z_]+)\.([a-z0-9_]+)\.(\d+)!")
IDENTITY = re.compile(rf'"({"|".join(TAGS)}):(\d+)"')


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

    def find(self, query: str, **variables: Any) -> Any:
        """The data of an answer; None where what the query names isn't there."""
        response = self.send(query, **variables)
        errors: Any = response.json.get("errors", []) if response.json else []
        assert {error["extensions"]["code"] for error in errors} <= {"NOT_FOUND"}, (self.caller, errors, query[:2000])
        return None if errors else response.json["data"]  # type: ignore[index]  # it is JSON

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
