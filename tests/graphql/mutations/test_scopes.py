"""Who may do what: every mutation, asked by callers of every kind."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, update

from graphql_schema import INDEX
from graphql_schema.engine.act_limits import MAX_ACTS
from portal.access.permissions import GRANTABLE
from portal.access.principal import Principal
from portal.api_keys.authenticate.authenticate import Origin, admit, credential
from portal.db.reader import Snapshot
from portal.db.session import lock, now
from portal.errors import PortalError
from portal.extensions import db
from portal.limits.memory import Spending
from portal.models import ApiKey, ApiKeyGrant
from portal.registry.rules.problem import Rejected
from tests.graphql.mutations.mutation_inputs import ANY_UPDATE, OF_OTHER_TESTS, ROWS, Row
from tests.graphql.mutations.rules_by_mutation import RULES_BY_MUTATION
from tests.graphql.mutations.sides import Side, add_sides
from tests.people import People, Robot
from tests.registry import Records

DONE, FORBIDDEN, NOT_FOUND = "done", "FORBIDDEN", "NOT_FOUND"
Sides = tuple[Side, Side, Side]
MakeRobot = Callable[..., Robot]
Outcomes = Callable[..., dict[str, str]]


@pytest.fixture
def sides(app: Flask, people: People, records: Records) -> Sides:
    with app.app_context():
        return add_sides(db.session(), people, records)


@pytest.fixture
def outcomes(app: Flask, client: FlaskClient) -> Outcomes:
    """`outcomes(side, key)`: mutation → what comes of a dry run of it, or of those that are named: done, or the code of the refusal."""

    def ask(side: Side, key: Robot | None, names: Iterator[str] | list[str] | None = None) -> dict[str, str]:
        remaining, found = list(ROWS if names is None else names), dict[str, str]()
        while remaining:
            app.extensions["portal spending"] = Spending()
            batch = [name for name in remaining if name not in ANY_UPDATE][:MAX_ACTS] or remaining[:1]
            answered = answer(client, batch, side, key)
            assert answered, batch
            found |= answered
            remaining = [name for name in remaining if name not in found]
        return found

    return ask


def answer(client: FlaskClient, names: list[str], side: Side, key: Robot | None) -> dict[str, str]:
    """What one document tells: of those alone that lack a scope, if there are any."""
    types = {name: f"{name[0].upper()}{name[1:]}Input" for name in names}
    fields = " ".join(f"{name}(input: ${name}, dryRun: true) {{ userErrors {{ code message path }} }}" for name in names)
    query = f"mutation ({', '.join(f'${name}: {types[name]}!' for name in names)}) {{ {fields} }}"
    body = {"query": query, "variables": {name: ROWS[name].given(side) for name in names}}
    response: Any = client.post("/graphql", json=body, headers=key.headers if key else {})
    errors = response.json.get("errors", [])
    if response.status_code == 403:
        assert "data" not in response.json
        return {error["message"].partition(" needs ")[0].removeprefix("Mutation."): error["extensions"]["code"] for error in errors}
    assert response.status_code == 200, response.json
    refused = {error["path"][0]: error["extensions"]["code"] for error in errors}
    payloads = response.json["data"] or {}
    assert [payload["userErrors"] for payload in payloads.values() if payload and payload["userErrors"]] == []
    return {name: refused.get(name, DONE) for name in names}


def expected(right: Callable[[Row], str]) -> dict[str, str]:
    return {name: right(row) for name, row in ROWS.items()}


def test_every_mutation_has_a_row() -> None:
    mutation: Any = INDEX.schema.mutation_type
    assert set(mutation.fields) == set(ROWS) | OF_OTHER_TESTS


def test_each_single_grant_does_its_own_acts_alone(sides: Sides, robot: MakeRobot, outcomes: Outcomes) -> None:
    first, _, theirs = sides
    for grant in (permission.value for permission in GRANTABLE):
        key = robot(grant, name=grant)
        right = expected(lambda row, grant=grant: DONE if row.grant == grant else FORBIDDEN)  # type: ignore[misc]  # each of its own
        assert outcomes(first, key) == right, grant
        own = [name for name, outcome in right.items() if outcome == DONE and name != "updateOrganization"]
        assert set(outcomes(theirs, key, own).values()) <= {NOT_FOUND}, grant


def test_anonymous_callers_and_keys_of_others_change_nothing(sides: Sides, robot: MakeRobot, outcomes: Outcomes) -> None:
    everything = [permission.value for permission in GRANTABLE]
    assert set(outcomes(sides[0], None).values()) == {FORBIDDEN}
    assert set(outcomes(sides[0], robot(*everything, charlie=True)).values()) == {NOT_FOUND}
    assert set(outcomes(sides[2], robot(*everything, name="ours")).values()) == {NOT_FOUND}


def test_a_list_reaches_what_is_on_it(sides: Sides, robot: MakeRobot, outcomes: Outcomes) -> None:
    first, second, theirs = sides
    listed = {row.grant: frozenset(ids_of(first, row.tag)) for row in ROWS.values() if row.tag}
    key, names = robot("networks:read", objects=listed), [name for name, row in ROWS.items() if row.tag]
    assert outcomes(first, key, names) == dict.fromkeys(names, DONE)
    assert outcomes(second, key, names) == dict.fromkeys(names, FORBIDDEN)
    assert outcomes(theirs, key, names) == dict.fromkeys(names, NOT_FOUND)


def ids_of(side: Side, tag: str) -> list[int]:
    return [identity for name, identity in side.items() if name.rpartition(" ")[2] == tag and not name.startswith(("common", "deleted"))]


def run_as(principal: Principal, name: str, side: Side) -> str:
    """What comes of the rule itself, as pages call it, which is taken back."""
    kind, act = RULES_BY_MUTATION[name]
    try:
        act(db.session(), principal, kind, ROWS[name].given(side))
    except Rejected:
        raise
    except PortalError as error:
        return error.code
    finally:
        db.session.rollback()
    return DONE


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("alice", lambda _: DONE),
        ("erin", lambda row: FORBIDDEN if row.grant == "organization:update" else DONE),
        ("bob", lambda _: FORBIDDEN),
        ("charlie", lambda _: NOT_FOUND),
        ("dave", lambda _: NOT_FOUND),
    ],
)
def test_people_have_what_their_role_has(name: str, right: Callable[[Row], str], app: Flask, people: People, sides: Sides) -> None:
    with app.app_context():
        found = {mutation: run_as(people.principal(name), mutation, sides[0]) for mutation in ROWS}
    assert found == expected(right)


def test_operators_keep_records_here_and_change_nothing_else(app: Flask, people: People, sides: Sides) -> None:
    with app.app_context():
        found = {mutation: run_as(people.principal("olga"), mutation, sides[0]) for mutation in ROWS}
    assert found == {mutation: DONE if mutation == "keepHere" else NOT_FOUND for mutation in ROWS}


def test_grants_and_roles_are_read_again_under_the_lock(app: Flask, people: People, sides: Sides, robot: MakeRobot) -> None:
    key = robot(*(permission.value for permission in GRANTABLE))
    stale = people.principal("alice")
    with app.app_context():
        with Snapshot(db.engine) as snapshot:
            checked = admit(credential([f"Bearer {key.token}"]), Origin("192.0.2.1"), snapshot).principal
        assert {run_as(checked, name, sides[0]) for name in ROWS} == {DONE}
        write(delete(ApiKeyGrant).where(ApiKeyGrant.api_key_id == key.key_id))
        assert {run_as(checked, name, sides[0]) for name in ROWS} == {FORBIDDEN}
        write(update(ApiKey).where(ApiKey.id == key.key_id).values(revoked_at=now()))
        assert {run_as(checked, name, sides[0]) for name in ROWS} == {"UNAUTHENTICATED"}
        former = replace(stale, id=str(people.ids["dave"]))  # its role was taken away after its page was asked for
        assert {run_as(former, name, sides[0]) for name in ROWS} == {NOT_FOUND}


NAMED: dict[str, tuple[str, Callable[[Side, Side], dict[str, Any]]]] = {  # path → mutation and its input, of ours and of theirs
    "peeringLanId": (
        "createExchangePort",
        lambda ours, theirs: ROWS["createExchangePort"].given(ours) | {"peeringLanId": theirs["pending ixlan"], "ipaddr4": "192.0.2.5"},
    ),
    "facilityId": ("createNetworkFacility", lambda ours, theirs: {"networkId": ours["net"], "facilityId": theirs["deleted fac"]}),
    "facilityId ": ("createCarrierFacility", lambda ours, theirs: {"carrierId": ours["carrier"], "facilityId": theirs["deleted fac"]}),
    "campusId": ("updateFacility", lambda ours, theirs: {"id": ours["fac"], "campusId": theirs["pending campus"]}),
    "netSideId": ("updateExchangePort", lambda ours, theirs: {"id": ours["netixlan"], "netSideId": theirs["deleted fac"]}),
    "ixSideId": ("updateExchangePort", lambda ours, _: {"id": ours["netixlan"], "ixSideId": 1}),
}


@pytest.mark.parametrize("path", NAMED)
def test_what_is_not_there_for_the_caller_can_not_be_named(path: str, sides: Sides, robot: MakeRobot, client: FlaskClient) -> None:
    (name, given), key = NAMED[path], robot(*(permission.value for permission in GRANTABLE))
    query = f"mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ userErrors {{ code path }} }} }}"
    body = {"query": query, "variables": {"input": given(sides[0], sides[2])}}
    response: Any = client.post("/graphql", json=body, headers=key.headers)
    assert response.json["data"][name]["userErrors"] == [{"code": NOT_FOUND, "path": ["input", path.strip()]}]


def write(statement: Any) -> None:
    lock(db.session())
    db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.commit()
