"""changedSince and includeDeleted: a mirror that pages through changes misses none, whoever writes meanwhile."""

from collections.abc import Callable, Iterator
from random import Random
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from portal.db.session import lock
from portal.extensions import db
from portal.limits.memory import Spending
from portal.registry.contacts import Contact
from portal.registry.facilities import Facility
from portal.registry.networks import Network
from portal.registry.organizations import Organization
from portal.registry.ports import ExchangePort
from tests.graphql.oracle import Caller, Oracle
from tests.graphql.oracle_types import ROOTS, TYPES
from tests.graphql.requests import Ask, Send, Statements
from tests.graphql.stored_registry import MODELS, store_random_registry
from tests.people import People, Robot
from tests.registry import Records

CHANGES = """query ($since: Cursor!, $first: Int = 2) {
  networks(changedSince: $since, first: $first) {
    totalCount nodes { id status name organization { name status } } pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}"""

PORTS = """query ($since: Cursor) {
  exchangePorts(changedSince: $since, first: 3) { nodes { id speed status } pageInfo { endCursor hasNextPage } }
}"""
STATUSES = {"ok": "OK", "pending": "PENDING", "deleted": "DELETED"}


def change(app: Flask, model: Any, identity: int, **values: Any) -> None:
    with app.app_context():
        lock(db.session())
        row = db.session.get_one(model, identity)
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()


def follow(ask: Ask, since: str = "", query: str = CHANGES, *, field: str = "networks", **variables: Any) -> Iterator[dict[str, Any]]:
    """The pages to the end."""
    while True:
        page = ask(query, since=since, **variables)[field]
        yield page
        if not page["pageInfo"]["hasNextPage"]:
            return
        since = page["pageInfo"]["endCursor"]


def test_a_mirror_begins_with_nothing_and_learns_of_every_row(ask: Ask, records: Records) -> None:
    pages = list(follow(ask))
    nodes = [node for page in pages for node in page["nodes"]]
    assert [node["name"] for node in nodes] == ["Example Net", "Éxample Łabs", "Other Net", "Gone Net"]
    assert [(node["id"], node["status"]) for node in nodes if node["status"] != "OK"] == [(f"net:{records['gone']}", "DELETED")]
    assert [page["pageInfo"]["hasPreviousPage"] for page in pages] == [False, True]
    assert [page["totalCount"] for page in pages] == [4, 2]


def test_a_page_without_changes_says_where_to_go_on(app: Flask, ask: Ask, records: Records) -> None:
    *_, last = follow(ask)
    since = last["pageInfo"]["endCursor"]
    (empty,) = follow(ask, since)
    assert (empty["nodes"], empty["totalCount"], empty["pageInfo"]["endCursor"]) == ([], 0, since)
    change(app, Network, records["second"], name="Renamed")
    change(app, Network, records["net"], status="deleted")
    (page,) = follow(ask, since)
    assert [(node["id"], node["status"]) for node in page["nodes"]] == [
        (f"net:{records['second']}", "OK"),
        (f"net:{records['net']}", "DELETED"),
    ]


def test_a_registry_without_rows_says_where_to_begin(ask: Ask) -> None:
    query = "query ($since: Cursor!) { carriers(changedSince: $since) { nodes { id } pageInfo { hasNextPage endCursor } } }"
    (empty,) = follow(ask, query=query, field="carriers")
    assert empty == {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": ""}}


def test_a_deleted_record_shows_its_deleted_parent(app: Flask, ask: Ask, records: Records, people: People) -> None:
    with app.app_context():
        lock(db.session())
        for model, identity in ((Organization, people.theirs), (Network, records["other"]), (Contact, records["other Public"])):
            row: Any = db.session.get_one(model, identity)
            row.status = "deleted"
        db.session.commit()
    *_, page = follow(ask)
    assert page["nodes"][-1]["organization"] == {"name": "Other Org", "status": "DELETED"}
    data = ask('{ networks(includeDeleted: true, where: { organization: { name: { eq: "Other Org" } } }) { nodes { asn status } } }')
    assert data["networks"]["nodes"] == [{"asn": 64510, "status": "DELETED"}]


@pytest.mark.parametrize(("arguments", "total"), [("(includeDeleted: true)", 1), ("", 0)])
def test_a_list_inside_is_filtered_by_the_deleted_records_that_it_shows(
    arguments: str, total: int, app: Flask, ask: Ask, records: Records
) -> None:
    change(app, ExchangePort, records["net port"], net_side_id=records["fac"])
    change(app, Facility, records["fac"], status="deleted")
    ports = 'ports(where: { networkSideFacility: { name: { eq: "Example House" } } }) { totalCount nodes { networkSideFacility { name } } }'
    (exchange,) = ask(f"{{ exchanges{arguments} {{ nodes {{ {ports} }} }} }}")["exchanges"]["nodes"]
    assert exchange["ports"] == {"totalCount": total, "nodes": [{"networkSideFacility": {"name": "Example House"}}] * total}


def test_deleted_rows_are_listed_where_they_are_asked_for_only(ask: Ask) -> None:
    query = "query ($deleted: Boolean) { networks(includeDeleted: $deleted, orderBy: { field: ASN }) { totalCount nodes { asn status } } }"
    with_deleted = ask(query, deleted=True)["networks"]
    assert [(node["asn"], node["status"]) for node in with_deleted["nodes"] if node["status"] != "OK"] == [(64503, "DELETED")]
    assert (with_deleted["totalCount"], ask(query, deleted=False)["networks"]["totalCount"]) == (4, 3)
    both = ask("{ all: networks(includeDeleted: true) { totalCount } live: networks { totalCount } network(asn: 64503) { name } }")
    assert both == {"all": {"totalCount": 4}, "live": {"totalCount": 3}, "network": None}


def test_a_deleted_contact_keeps_nothing_of_a_person(app: Flask, ask: Ask, records: Records, robot: Callable[..., Robot]) -> None:
    key = robot("contacts:read")
    for visible in ("Public", "Users", "Private"):
        change(app, Contact, records[f"other {visible}"], status="deleted")
    query = '{ contacts(changedSince: "") { nodes { id status name email phone url } } }'
    gone = [node for node in ask(query, key)["contacts"]["nodes"] if node["status"] == "DELETED"]
    blank = {"status": "DELETED", "name": "", "email": "", "phone": "", "url": ""}
    assert gone == [{"id": f"poc:{records[f'other {visible}']}", **blank} for visible in ("Public", "Users")]


@pytest.mark.parametrize(
    "arguments",
    [
        'changedSince: "", after: "x"',
        'changedSince: "", orderBy: { field: ASN }',
        'changedSince: "x"',
        "changedSince: $cursor",
        "after: $changed",
    ],
)
def test_what_can_not_be_combined_is_said(arguments: str, ask: Ask, send: Send) -> None:
    cursor = ask("{ networks { pageInfo { endCursor } } }")["networks"]["pageInfo"]["endCursor"]
    changed = next(follow(ask))["pageInfo"]["endCursor"]
    query = f"query ($cursor: Cursor, $changed: Cursor) {{ networks({arguments}) {{ nodes {{ id }} }} unused: __typename @skip(if: true) }}"
    used = {name: value for name, value in {"cursor": cursor, "changed": changed}.items() if f"${name}" in arguments}
    for name in {"cursor", "changed"} - used.keys():
        query = query.replace(f"${name}: Cursor", "").replace("(, ", "(").replace(", )", ")").replace("query () ", "query ")
    (error,) = send(query, **used).json["errors"]
    assert (error["extensions"]["code"], error["path"]) == ("BAD_USER_INPUT", ["networks"])


def test_a_page_of_changes_is_one_statement(ask: Ask, statements: Statements) -> None:
    since = next(follow(ask, first=1))["pageInfo"]["endCursor"]
    with statements() as seen:
        ask("query ($since: Cursor) { networks(changedSince: $since) { nodes { name } } }", since=since)
    assert len(seen) == 1


@pytest.mark.parametrize("seed", [1, 2])
def test_the_changes_of_every_type_are_the_oracles(seed: int, app: Flask, client: FlaskClient, people: People) -> None:
    random = Random(seed)
    tables = store_random_registry(app, people, seed)
    for _ in range(12):
        with app.app_context():
            lock(db.session())
            for _ in range(3):
                kind = random.choice(list(TYPES))
                model: Any = MODELS[kind]
                row: Any = db.session.get_one(model, random.choice(tables[TYPES[kind][0]])["id"])
                row.updated = row.updated.replace(year=2000 + random.randrange(20))
            db.session.commit()
    with app.app_context():
        for table, *_ in TYPES.values():
            tables[table] = [dict(row) for row in db.session.execute(text(f"SELECT * FROM {table}")).mappings()]
    oracle = Oracle(tables, Caller(), deleted=True)

    def ask(query: str, **variables: Any) -> Any:
        app.extensions["portal spending"] = Spending()
        answer: Any = client.post("/graphql", json={"query": query, "variables": variables}).json
        return answer["data"]

    for name, kind in ROOTS.items():
        query = f"""query ($since: Cursor!, $first: Int!) {{ {name}(changedSince: $since, first: $first) {{
          totalCount nodes {{ id status }} pageInfo {{ hasNextPage endCursor }} }} }}"""
        nodes = [node for page in follow(ask, "", query, field=name, first=random.choice([1, 3, 100])) for node in page["nodes"]]
        rows = sorted(oracle.rows(kind), key=lambda row: (row["changed"], row["id"]))
        assert nodes == [{"id": f"{TYPES[kind][1]}:{row['id']}", "status": STATUSES[row["status"]]} for row in rows]


def test_a_reader_between_writers_misses_nothing(app: Flask, records: Records, people: People) -> None:
    """Two writers add and change ports while a mirror pages; at the end it holds what the registry holds."""
    place = {"network_id": records["net"], "exchange_id": records["ix"], "peering_lan_id": records["lan"], "asn": 64500}
    failed = list[BaseException]()

    def write(writer: int) -> None:
        random = Random(writer)
        try:
            for number in range(25):
                with app.app_context():
                    lock(db.session())
                    db.session.add(ExchangePort(id=1000 * writer + number, speed=writer, ipaddr4=None, ipaddr6=None, **place))
                    db.session.flush()
                    changed = db.session.get_one(ExchangePort, 1000 * writer + random.randrange(number + 1))
                    changed.speed += 10
                    changed.status = random.choice(["ok", "ok", "deleted"])
                    db.session.commit()
        except BaseException as error:  # told to the test, whose thread this isn't
            failed.append(error)

    mirror: dict[str, tuple[int, str]] = {}
    client = app.test_client()

    def read(since: str) -> tuple[str, bool]:
        app.extensions["portal spending"] = Spending()
        answer: Any = client.post("/graphql", json={"query": PORTS, "variables": {"since": since}}).json
        page = answer["data"]["exchangePorts"]
        mirror.update({node["id"]: (node["speed"], node["status"]) for node in page["nodes"]})
        return page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]

    writers = [Thread(target=write, args=(number,)) for number in (1, 2)]
    for writer in writers:
        writer.start()
    since, more = "", True
    while any(writer.is_alive() for writer in writers):
        since, more = read(since)
    for writer in writers:
        writer.join()
    more = True
    while more:
        since, more = read(since)
    assert failed == []
    with app.app_context():
        rows = db.session.execute(text("SELECT id, speed, status FROM exchange_port")).all()
    assert mirror == {f"netixlan:{row.id}": (row.speed, STATUSES[row.status]) for row in rows}
    assert len(mirror) == 53
