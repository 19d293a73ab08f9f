"""peers: who is found, where they meet and over which ports, as an oracle over raw rows says; pages, filters, scopes and statements."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal.extensions import db
from tests.graphql import peers_oracle
from tests.graphql.oracle import Caller, Oracle
from tests.graphql.requests import Ask, Callers, Send, Statements
from tests.graphql.stored_registry import store_meeting_networks
from tests.people import People, Robot
from tests.registry import Records

PEERS = """query ($asn: ASN!, $first: Int, $after: Cursor, $where: PeerFilter) {
  peers(asn: $asn, first: $first, after: $after, where: $where) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage endCursor }
    nodes {
      network { asn contacts { nodes { email } } }
      sharedExchanges { exchange { id } peeringLan { id } families ourPorts { id } theirPorts { id } }
    }
  }
}"""
SHORT = "query ($where: PeerFilter) { peers(asn: 64500, where: $where) { totalCount nodes { network { asn } } } }"
READS = ("networks:read", "exchanges:read", "facilities:read")


@pytest.mark.parametrize("seed", [1, 2])
def test_peers_are_the_oracles(seed: int, app: Flask, ask: Ask, people: People, callers: Callers) -> None:
    tables, random, compared = store_meeting_networks(app, people, seed), Random(seed), 0
    for number in range(40):
        key, caller = random.choice(callers)
        asn, where = 65537 + random.randrange(12), peers_oracle.question(random)
        expected = peers_oracle.peers(Oracle(tables, caller), asn, where)
        answer = ask(PEERS, key, asn=asn, where=where)["peers"]
        assert answer["nodes"] == expected, f"question {number} of seed {seed}, {caller}: AS{asn} {where}"
        assert answer["totalCount"] == len(expected)
        compared += len(expected)
    assert compared > 10


def test_pages_are_the_whole_list_in_order(app: Flask, ask: Ask, people: People) -> None:
    tables = store_meeting_networks(app, people, 3)
    for asn in range(65537, 65549):
        nodes: list[Any] = []
        after = None
        for _ in range(13):
            page = ask(PEERS, asn=asn, first=2, after=after)["peers"]
            assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
            nodes, after = nodes + page["nodes"], page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert nodes == peers_oracle.peers(Oracle(tables, Caller()), asn, {})


def test_peers_share_a_lan_and_come_with_contacts_and_ports(ask: Ask, records: Records) -> None:
    connection = ask(PEERS, asn=64500)["peers"]
    assert [node["network"]["asn"] for node in connection["nodes"]] == [64501, 64510]
    assert connection["nodes"][0]["network"]["contacts"]["nodes"] == [{"email": "public@as64501.example.net"}]
    (shared,) = connection["nodes"][1]["sharedExchanges"]
    assert (shared["exchange"], shared["families"]) == ({"id": f"ix:{records['ix']}"}, ["IPV4", "IPV6"])
    assert (shared["ourPorts"], shared["theirPorts"]) == (
        [{"id": f"netixlan:{records['net port']}"}],
        [{"id": f"netixlan:{records['other port']}"}],
    )


@pytest.mark.parametrize(
    ("column", "value", "where"),
    [
        ("policy_general", "No", {"policyGeneral": {"in": ["NO", "OPEN"]}}),
        ("info_types", '["Route Server"]', {"infoTypes": {"some": {"eq": "ROUTE_SERVER"}}}),
        ("info_types", '["Content","Route Collector"]', {"infoTypes": {"some": {"in": ["ROUTE_COLLECTOR"]}}}),
        ("info_type", "Route Server", {"infoTypes": {"some": {"eq": "ROUTE_SERVER"}}}),
    ],
)
def test_who_does_not_peer_is_left_out_unless_asked_for(
    column: str, value: str, where: dict[str, Any], app: Flask, ask: Ask, records: Records
) -> None:
    with app.app_context():
        db.session.execute(text(f"UPDATE network SET {column} = :value WHERE asn = 64510"), {"value": value})
        db.session.commit()
    assert [node["network"]["asn"] for node in ask(SHORT)["peers"]["nodes"]] == [64501]
    assert [node["network"]["asn"] for node in ask(SHORT, where=where)["peers"]["nodes"]] == [64510]


def test_nobody_peers_with_a_network_that_is_not_there(ask: Ask, records: Records) -> None:
    connection = ask(PEERS, asn=4200000000)["peers"]
    assert connection == {"totalCount": 0, "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "endCursor": None}, "nodes": []}


def test_edges_hold_the_same_peers_as_nodes(ask: Ask, records: Records) -> None:
    query = """{ peers(asn: 64500) { __typename nodes { network { id } __typename }
      edges { cursor __typename node { network { id } __typename } } pageInfo { startCursor endCursor __typename } } }"""
    connection = ask(query)["peers"]
    assert [edge["node"] for edge in connection["edges"]] == connection["nodes"]
    assert [connection["edges"][0]["cursor"], connection["edges"][-1]["cursor"]] == [
        connection["pageInfo"]["startCursor"],
        connection["pageInfo"]["endCursor"],
    ]
    names = (connection["__typename"], connection["edges"][0]["__typename"], connection["nodes"][0]["__typename"])
    assert names == ("PeerConnection", "PeerEdge", "Peer")


def test_statements_do_not_grow_with_peers(ask: Ask, statements: Statements, add_networks: Callable[[int], None]) -> None:
    with statements() as few:
        ask(PEERS, asn=64500)
    add_networks(150)
    with statements() as many:
        connection = ask(PEERS, asn=64500, first=5000)["peers"]
    assert len(connection["nodes"]) == 152
    assert len(many) == len(few) == 10
    with statements() as counted:
        ask("{ peers(asn: 64500) { totalCount } }")
    assert len(counted) == 2


def test_filtering_by_contacts_needs_their_scope(ask: Ask, send: Send, robot: Callable[..., Robot], statements: Statements) -> None:
    key, role = robot("networks:read"), {"contactRole": {"eq": "NOC"}}
    assert ask(SHORT, key)["peers"]["totalCount"] == 2
    with statements() as seen:
        response = send(SHORT, key, where=role)
    (error,) = response.json["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (403, "FORBIDDEN")
    assert error["extensions"]["requiredScopes"] == ["contacts:read", "contacts:read_private"]
    assert len(seen) == 1  # the key's own look-up
    assert ask(SHORT, robot("networks:read", "contacts:read", name="both"), where=role)["peers"]["totalCount"] == 2


def test_each_part_of_a_peer_needs_its_scope(send: Send, robot: Callable[..., Robot], records: Records) -> None:
    response = send(PEERS, robot("networks:read"), asn=64500)
    assert response.status_code == 403
    assert [error["message"].partition(" needs ")[0] for error in response.json["errors"]] == [
        "Network.contacts",
        "SharedExchange.exchange",
        "SharedExchange.peeringLan",
    ]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"first": 5001}, "from 0 to 5000"),
        ({"first": -1}, "from 0 to 5000"),
        ({"after": "nonsense"}, "cursor"),
        ({"after": "WzEsMl0"}, "cursor"),
        ({"after": "eyJhIjoxfQ"}, "cursor"),
        ({"where": {"exchange": ["net:1"]}}, "where.exchange[0]: net:1 is the id of a record of type Network"),
        ({"where": {"notYetAt": ["ix:1"] * 501}}, "where.notYetAt: This list can hold 500 values at most, not 501."),
        ({"where": {"minSpeed": -1}}, "less than 0"),
        ({"where": {"minSpeed": None}}, "can't be null"),
        ({"where": {"infoTypes": {"some": {"eq": None}}}}, "null"),
        ({"where": {"policyGeneral": {"in": None}}}, "null"),
    ],
)
def test_what_can_not_be_asked_is_said_before_anything_runs(
    variables: dict[str, Any], words: str, send: Send, statements: Statements
) -> None:
    with statements() as seen:
        response = send(PEERS, asn=64500, **variables)
    (error,) = response.json["errors"]
    assert "data" not in response.json
    assert (error["extensions"]["code"], error["path"]) == ("BAD_USER_INPUT", ["peers"])
    assert words in error["message"]
    assert seen == []
