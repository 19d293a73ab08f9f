"""peers: who is found, where they meet and over which ports, as an oracle over raw rows says; pages, filters, scopes and statements."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal.db.session import lock
from portal.extensions import db
from portal.registry.exchanges import Exchange
from portal.registry.networks import Network
from tests.graphql import peers_oracle
from tests.graphql.oracle import Caller, Oracle
from tests.graphql.requests import Ask, Callers, Send, Statements
from tests.graphql.stored_registry import NETWORK_NULLS, NULLS, store_meeting_networks
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
def test_peers_are_the_oracles(seed: int, app: Flask, ask: Ask, send: Send, people: People, callers: Callers) -> None:
    tables, random, compared = store_meeting_networks(app, people, seed), Random(seed), 0
    for number in range(40):
        key, caller = random.choice(callers)
        asn, where = random.choice([65537, 65537, 70001]) + random.randrange(12), peers_oracle.question(random)
        expected = peers_oracle.peers(Oracle(tables, caller), asn, where)
        question = f"question {number} of seed {seed}, {caller}: AS{asn} {where}"
        if expected is None:
            assert [error["extensions"]["code"] for error in send(PEERS, key, asn=asn, where=where).json["errors"]] == ["NOT_FOUND"], (
                question
            )
            continue
        answer = ask(PEERS, key, asn=asn, where=where)["peers"]
        assert answer["nodes"] == expected, question
        assert answer["totalCount"] == len(expected)
        compared += len(expected)
    assert compared > 10


def test_pages_are_the_whole_list_in_order(app: Flask, ask: Ask, people: People) -> None:
    tables = store_meeting_networks(app, people, 3)
    expected = {asn: peers_oracle.peers(Oracle(tables, Caller()), asn, {}) for asn in range(65537, 65549)}
    for asn in (asn for asn in expected if expected[asn] is not None):
        nodes: list[Any] = []
        after = None
        for _ in range(13):
            page = ask(PEERS, asn=asn, first=2, after=after)["peers"]
            assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
            nodes, after = nodes + page["nodes"], page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert nodes == expected[asn]


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
    for named in (where, {"network": where}, {"network": {"or": [{"and": [where]}, {"asn": {"eq": 64499}}]}}):
        assert [node["network"]["asn"] for node in ask(SHORT, where=named)["peers"]["nodes"]] == [64510]
    assert [node["network"]["asn"] for node in ask(SHORT, where={"network": {"not": {"not": where}}})["peers"]["nodes"]] == []


NAMING = {
    "{ peers(asn: %s) { totalCount } }": "peers",
    "{ peers(asn: 64500, where: { exchange: %s }) { nodes { network { asn } } } }": "peers",
    "{ peers(asn: 64500, where: { notYetAt: %s }) { nodes { network { asn } } } }": "peers",
    "{ commonExchanges(asns: [64500, %s]) { exchange { id } } }": "commonExchanges",
    "{ viewer { address } commonFacilities(asns: [64500, %s]) { facility { id } } }": "commonFacilities",
}


@pytest.mark.parametrize("query", NAMING)
def test_what_a_question_names_must_be_there(query: str, app: Flask, send: Send, people: People, statements: Statements) -> None:
    """What isn't there, and what is another's and pending, are answered alike, before anything else runs."""
    with app.app_context():
        lock(db.session())
        db.session.add(Network(id=7, asn=64507, name="Pending", organization_id=people.theirs, status="pending", **NETWORK_NULLS))
        db.session.add(Exchange(id=7, name="Pending", organization_id=people.theirs, status="pending", **NULLS["Exchange"]))
        db.session.commit()
    pending, unknown = ('["ix:7"]', '["ix:8"]') if "where" in query else ("64507", "64508")
    answers = []
    for named in (pending, unknown):
        with statements() as seen:
            answer = send(query % named).json
        assert len(seen) <= 3
        (error,) = answer["errors"]
        assert (error["extensions"]["code"], error["path"], "data" in answer) == ("NOT_FOUND", [NAMING[query]], False)
        answers.append(error["message"].replace("7", "8"))
    assert answers[0] == answers[1]


def test_a_ports_own_asn_leads_to_its_network(app: Flask, ask: Ask, records: Records) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE exchange_port SET asn = 64599 WHERE id = :port"), {"port": records["net port"]})
        db.session.commit()
    by_network, by_port = (ask(PEERS, asn=asn)["peers"] for asn in (64500, 64599))
    assert by_port == by_network
    assert by_port["totalCount"] == 2
    common = "query ($asn: ASN!) { commonExchanges(asns: [$asn, 64510]) { exchange { id } } }"
    assert ask(common, asn=64599) == ask(common, asn=64500) != {"commonExchanges": []}
    others = "query ($asns: [ASN!]) { peers(asn: 64510, where: { excludeAsns: $asns }) { nodes { network { asn } } } }"
    assert [ask(others, asns=[asn])["peers"]["nodes"] for asn in (64500, 64599)] == [[{"network": {"asn": 64501}}]] * 2


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
    assert len(many) == len(few) == 12
    with statements() as counted:
        ask("{ peers(asn: 64500) { totalCount } }")
    assert len(counted) == 5


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


def test_filtering_by_what_the_network_leads_to_needs_its_scope(
    ask: Ask, send: Send, robot: Callable[..., Robot], statements: Statements
) -> None:
    key, network = robot("networks:read"), {"or": [{"contacts": {"some": {"role": {"eq": "NOC"}}}}, {"asn": {"eq": 64501}}]}
    ask(SHORT, key)  # its first use is written
    with statements() as seen:
        response = send(SHORT, key, where={"network": network})
    assert [error["message"].partition(" needs ")[0] for error in response.json["errors"]] == ["Network.contacts"]
    assert len(seen) == 1  # the key's own look-up


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
        ({"where": {"excludeAsns": list(range(5001))}}, "5000 ASNs at most"),
        ({"where": {"network": {"asn": {"in": list(range(501))}}}}, "500 values at most"),
        ({"where": {"network": {"not": None}}}, "null"),
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
