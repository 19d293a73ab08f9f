"""What the account says of a key's requests: the operation's name, how it ended, and what it lacked. It costs no statement."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.api_keys.usage import Account
from portal.api_keys.usage.counts import Counts
from portal.db.session import now
from portal.extensions import db
from portal.limits.budgets import KEY_POINTS, Budget
from portal.limits.memory import Spending
from tests.graphql.requests import Send, Statements
from tests.people import Robot

MakeRobot = Callable[..., Robot]
NAMES = "query Names { networks { nodes { name } } }"
LACKS = "query Lacks { networks { nodes { ports { nodes { speed } } contacts { nodes { email } } } } }"


@pytest.fixture
def key(app: Flask, robot: MakeRobot, send: Send) -> Robot:
    """Used before, so that no first use is written; what it does from now on is counted and stays in memory."""
    used = robot("networks:read")
    send("{ viewer { address } }", used)
    with app.app_context():
        app.extensions["portal usage"].close()
        account = app.extensions["portal usage"] = Account(db.engine)
    account.closed.set()
    return used


def counted(app: Flask) -> Counts:
    counts: Counts = app.extensions["portal usage"].counts
    return counts


def operations_of(app: Flask, key: Robot) -> dict[str, tuple[int, int]]:
    """Name → requests, and those that weren't answered in full."""
    names = counted(app).operations.get((key.key_id, now().date()), {})
    return {name: (requests, failed) for name, (requests, failed, _) in names.items()}


@pytest.mark.parametrize(
    ("query", "name", "outcome"),
    [
        (NAMES, "Names", "ok"),
        ("{ networks { totalCount } }", "", "ok"),
        (LACKS, "Lacks", "denied"),
        ("query Wrong { nonsense }", "Wrong", "errors"),
        ("query Asks($asn: Int!) { network(asn: $asn) { name } }", "Asks", "errors"),
        ("query Broken {", "", "errors"),
        ("query A { viewer { address } } query B { viewer { address } }", "", "errors"),
    ],
)
def test_a_question_is_counted_by_its_name(app: Flask, send: Send, key: Robot, query: str, name: str, outcome: str) -> None:
    send(query, key)
    assert operations_of(app, key) == {name: (1, int(outcome != "ok"))}
    assert counted(app).days[key.key_id, now().date()][outcome] == 1


def test_of_several_operations_the_chosen_one_counts(app: Flask, client: FlaskClient, send: Send, key: Robot) -> None:
    document = f"{NAMES} query Other {{ viewer {{ address }} }}"
    client.post("/graphql", json={"query": document, "operationName": "Other"}, headers=key.headers)
    assert operations_of(app, key) == {"Other": (1, 0)}


def test_an_unchanged_answer_is_a_use_too(app: Flask, client: FlaskClient, key: Robot) -> None:
    first = client.get("/graphql", query_string={"query": NAMES}, headers=key.headers)
    again = client.get("/graphql", query_string={"query": NAMES}, headers=key.headers | {"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    assert operations_of(app, key) == {"Names": (2, 0)}


def test_a_request_over_the_limit_is_counted_as_limited_and_has_no_name(app: Flask, send: Send, key: Robot) -> None:
    spending = app.extensions["portal spending"] = Spending()
    spending.spend([Budget("key", f"key {key.key_id}", KEY_POINTS)], KEY_POINTS)
    assert send(NAMES, key).status_code == 429
    assert counted(app).days[key.key_id, now().date()] == {"limited": 1, "points": 1}
    assert operations_of(app, key) == {}


def test_a_body_that_holds_no_question_has_no_name(app: Flask, client: FlaskClient, key: Robot) -> None:
    client.post("/graphql", data="nonsense", content_type="application/json", headers=key.headers)
    assert counted(app).days[key.key_id, now().date()]["errors"] == 1
    assert operations_of(app, key) == {}


def test_an_export_is_named_by_its_type(app: Flask, client: FlaskClient, key: Robot) -> None:
    assert client.get("/export/net.ndjson.gz", headers=key.headers).status_code == 200
    assert client.get("/export/poc.ndjson.gz", headers=key.headers).status_code == 403
    assert client.get("/export/nonsense.ndjson.gz", headers=key.headers).status_code == 404
    assert operations_of(app, key) == {"export net": (1, 0), "export poc": (1, 1)}
    assert {scope for (_, scope) in counted(app).scopes} == {"contacts:read"}


def test_of_the_scopes_that_would_do_the_least_is_missing(app: Flask, send: Send, robot: MakeRobot, key: Robot) -> None:
    """Ports come with networks:read or exchanges:read, contacts with read or, our own, read_private."""
    send(LACKS, key)
    other = robot("facilities:read", name="other")
    send("{ exchangePorts { totalCount } }", other)
    missing = {(key_id, scope): number for ((key_id, _), scope), number in counted(app).scopes.items()}
    assert missing == {(key.key_id, "contacts:read"): 1, (other.key_id, "networks:read"): 1}


def test_counting_costs_a_request_no_statement(app: Flask, send: Send, key: Robot, statements: Statements) -> None:
    with statements() as answered:
        send(NAMES, key)
    with statements() as refused:
        send(LACKS, key)
    assert (len(answered), len(refused)) == (2, 1)
    assert operations_of(app, key) == {"Names": (1, 0), "Lacks": (1, 1)}


def test_asking_who_one_is_is_no_use(app: Flask, client: FlaskClient, key: Robot) -> None:
    assert client.get("/api/whoami", headers=key.headers).status_code == 200
    assert counted(app).empty
