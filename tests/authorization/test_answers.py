"""What is composed, refused or kept: peers, common places and addresses, errors, and tags, for each caller."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.authorization.asker import Asker, World
from tests.authorization.rights import EXCHANGE, FACILITY, NETWORK
from tests.authorization.world import FIRST_ASN, NETWORKS

PEERS = """query ($asn: ASN!, $policies: [Policy!], $types: [NetworkType!]) {
  peers(asn: $asn, where: { policyGeneral: { in: $policies }, infoTypes: { some: { in: $types } } }) {
    totalCount nodes { network { id notes } sharedExchanges { exchange { id } peeringLan { id } ourPorts { id } theirPorts { id notes } } }
  }
}"""
EXCHANGES = "query ($asns: [ASN!]!) { commonExchanges(asns: $asns) { exchange { id } ports { id } } }"
FACILITIES = "query ($asns: [ASN!]!) { commonFacilities(asns: $asns) { facility { id } presences { id } } }"
OWNER = "query ($ip: IPAddress!) { ipAddress(ip: $ip) { port { id } peeringLan { id } exchange { id } } }"


def ports_of(asker: Asker, network: int) -> set[int]:
    """The LANs where a network has live, operational ports; of none that the caller may not see."""
    if not asker.rights.sees("network", asker.rights.tables["network"][network]):
        return set()
    ports = [port for port in asker.rights.rows("exchange_port") if port["status"] == "ok" and port["operational"]]
    return {port["peering_lan_id"] for port in ports if port["network_id"] == network}


def test_peers_are_networks_that_their_caller_may_see_at_places_that_it_may_see(everything: World) -> None:
    schema: Any = everything.served.schema
    choices: dict[str, Any] = {"policies": list(schema.type_map["Policy"].values), "types": list(schema.type_map["NetworkType"].values)}
    for asker in everything.everybody():
        if {NETWORK, EXCHANGE} <= set(asker.caller.grants):
            lans = {network: ports_of(asker, network) for network in NETWORKS}
            for us in NETWORKS:
                data = asker.find(PEERS, asn=FIRST_ASN + us, **choices)
                assert (data is not None) is asker.rights.sees("network", asker.rights.tables["network"][us]), (asker.caller, us)
                if data is None:
                    continue
                peers = data["peers"]
                expected = {f"net:{them}" for them in NETWORKS if them != us and lans[us] & lans[them]}
                assert {node["network"]["id"] for node in peers["nodes"]} == expected, (asker.caller, us)
                assert peers["totalCount"] == len(expected), (asker.caller, us)


@pytest.mark.parametrize(
    ("query", "root", "table", "place", "scopes"),
    [
        (EXCHANGES, "commonExchanges", "exchange_port", "exchange", {NETWORK, EXCHANGE}),
        (FACILITIES, "commonFacilities", "network_facility", "facility", {NETWORK, FACILITY}),
    ],
)
def test_common_places_are_those_of_live_rows_that_their_caller_may_see(
    query: str, root: str, table: str, place: str, scopes: set[str], everything: World
) -> None:
    for asker in everything.everybody():
        if not scopes <= set(asker.caller.grants):
            continue
        for one, other in zip(NETWORKS, (*NETWORKS[1:], NETWORKS[0]), strict=True):
            at = {
                network: {row[f"{place}_id"] for row in asker.rights.rows(table) if row["network_id"] == network and row["status"] == "ok"}
                for network in (one, other)
                if asker.rights.sees("network", asker.rights.tables["network"][network])
            }
            data = asker.find(query, asns=[FIRST_ASN + one, FIRST_ASN + other])
            assert (data is not None) is (len(at) == 2), (asker.caller, one, other)
            if data is None:
                continue
            common, nodes = sorted(at[one] & at[other]), data[root]
            tag = {"exchange": "ix", "facility": "fac"}[place]
            assert [node[place]["id"] for node in nodes] == [f"{tag}:{number}" for number in common], (asker.caller, one, other)


def test_an_address_belongs_to_a_port_that_its_caller_may_see(everything: World) -> None:
    for asker in everything.everybody():
        if EXCHANGE in asker.caller.grants:
            seen = {row["id"] for row in asker.rights.rows("exchange_port")}
            for number, row in everything.tables["exchange_port"].items():
                owner = asker.ask(OWNER, ip=row["ipaddr4"])["ipAddress"]
                port = f"netixlan:{number}" if number in seen else None
                assert (owner and owner["port"] and owner["port"]["id"]) == port, (asker.caller, number)


def test_no_two_callers_share_a_tag(everything: World) -> None:
    query = {"query": "{ organizations { totalCount } }"}
    tags: dict[str, str] = {}
    for asker in everything.everybody():
        answer = asker.client.get("/graphql", query_string=query, headers=asker.caller.headers)
        assert answer.status_code == 200
        tags[answer.headers["ETag"]] = asker.caller.name
    assert sorted(tags.values()) == sorted(everything.callers)
    for asker in everything.everybody():
        others = ", ".join(tag for tag, name in tags.items() if name != asker.caller.name)
        answer = asker.client.get("/graphql", query_string=query, headers={**asker.caller.headers, "If-None-Match": others})
        assert (answer.status_code, tags[answer.headers["ETag"]]) == (200, asker.caller.name)


def told_of(answer: TestResponse) -> Any:
    """The body, without the second in which the minute ends."""
    body = answer.get_json()
    body.get("extensions", {}).get("cost", {}).pop("resetAt", None)
    return body


@pytest.mark.parametrize(
    ("query", "tag", "table", "number"),
    [
        ("{ contact(id: $id) { email } }", "poc", "contact", 3),
        ("{ network(id: $id) { name } }", "net", "network", 6),
        ("{ peeringLan(id: $id) { ixfIxpMemberListUrl } }", "ixlan", "peering_lan", 16),
        ("{ nodes(ids: [$id]) { ... on Network { notesPrivate } } }", "net", "network", 7),
    ],
)
def test_what_may_not_be_seen_answers_as_what_is_not_there(query: str, tag: str, table: str, number: int, everything: World) -> None:
    for asker in everything.everybody():
        if not asker.rights.sees(table, everything.tables[table][number]):
            hidden, absent = (asker.send(f"query ($id: ID!) {query}", id=f"{tag}:{identity}") for identity in (number, 999))
            shown, expected = (told_of(answer) for answer in (hidden, absent))
            assert (hidden.status_code, shown) == (absent.status_code, expected), asker.caller
