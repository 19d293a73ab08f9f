"""What networks have in common, as an oracle over raw rows says, and who holds an address."""

from itertools import combinations
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal.extensions import db
from tests.graphql.oracle import Oracle
from tests.graphql.peers_oracle import common
from tests.graphql.requests import Ask, Callers, Send, Statements
from tests.graphql.stored_registry import store_meeting_networks
from tests.people import People
from tests.registry import Records

EXCHANGES = "query ($asns: [ASN!]!) { commonExchanges(asns: $asns) { exchange { id } ports { id } } }"
FACILITIES = "query ($asns: [ASN!]!) { commonFacilities(asns: $asns) { facility { id } presences { id } } }"
OWNER = "query ($ip: IPAddress!) { ipAddress(ip: $ip) { port { id } peeringLan { id } exchange { name } } }"


def test_common_places_are_the_oracles(app: Flask, ask: Ask, send: Send, people: People, callers: Callers) -> None:
    tables, compared = store_meeting_networks(app, people, 1), 0
    pairs = [*combinations(range(65537, 65549), 2)][::3]
    for number, asns in enumerate([*pairs, (65537, 65538, 65540), (65541, 65542, 65543)]):
        key, caller = callers[number % len(callers)]
        oracle = Oracle(tables, caller)
        ports = common(oracle, "ExchangePort", "exchange_id", list(asns))
        presences = common(oracle, "NetworkFacility", "facility_id", list(asns))
        if ports is None or presences is None:
            codes = [send(query, key, asns=asns).json["errors"][0]["extensions"]["code"] for query in (EXCHANGES, FACILITIES)]
            assert codes == ["NOT_FOUND"] * 2
            continue
        expected: Any = [{"exchange": {"id": f"ix:{place}"}, "ports": ids("netixlan", numbers)} for place, numbers in ports.items()]
        assert ask(EXCHANGES, key, asns=asns)["commonExchanges"] == expected
        expected = [{"facility": {"id": f"fac:{place}"}, "presences": ids("netfac", numbers)} for place, numbers in presences.items()]
        assert ask(FACILITIES, key, asns=asns)["commonFacilities"] == expected
        compared += len(ports) + len(presences)
    assert compared > 20


def ids(tag: str, numbers: list[int]) -> list[dict[str, str]]:
    return [{"id": f"{tag}:{number}"} for number in numbers]


def test_a_network_given_twice_counts_once(ask: Ask, records: Records) -> None:
    assert len(ask(EXCHANGES, asns=[64500, "AS64500", 64501])["commonExchanges"]) == 1


@pytest.mark.parametrize("asns", [[], [64500], [64500, 64500], list(range(1, 27))])
def test_too_few_or_too_many_networks_are_refused(asns: list[int], send: Send, statements: Statements) -> None:
    with statements() as seen:
        (error,) = send(FACILITIES, asns=asns).json["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "from 2 to 25 different ASNs" in error["message"]
    assert seen == []


def test_an_address_is_held_by_its_port_whatever_way_it_is_written(ask: Ask, records: Records) -> None:
    expected = {
        "port": {"id": f"netixlan:{records['other port']}"},
        "peeringLan": {"id": f"ixlan:{records['lan']}"},
        "exchange": {"name": "EX-IX"},
    }
    for written in ("198.51.100.3", "2001:db8:1::3", "2001:0DB8:0001:0:0:0:0:3"):
        assert ask(OWNER, ip=written)["ipAddress"] == expected


def test_an_address_without_a_port_is_held_by_the_lan_around_it(ask: Ask, records: Records) -> None:
    expected = {"port": None, "peeringLan": {"id": f"ixlan:{records['lan']}"}, "exchange": {"name": "EX-IX"}}
    for free in ("198.51.100.0", "198.51.100.255", "2001:db8:1:0:ffff:ffff:ffff:ffff"):
        assert ask(OWNER, ip=free)["ipAddress"] == expected
    for elsewhere in ("198.51.101.0", "198.51.99.255", "2001:db8:2::", "::ffff:198.51.100.1", "::"):
        assert ask(OWNER, ip=elsewhere)["ipAddress"] is None


def test_a_hidden_lan_holds_no_address(app: Flask, ask: Ask, records: Records) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE exchange SET status = 'pending'"))
        db.session.commit()
    assert [ask(OWNER, ip=ip)["ipAddress"] for ip in ("198.51.100.1", "198.51.100.200")] == [None, None]
    assert ask(EXCHANGES, asns=[64500, 64501])["commonExchanges"] == []


def test_only_what_is_selected_is_read(ask: Ask, statements: Statements, records: Records) -> None:
    with statements() as seen:
        ask("{ commonExchanges(asns: [64500, 64501]) { exchange { name } } }")
    assert len(seen) == 3
    with statements() as seen:
        ask(EXCHANGES, asns=[64500, 64501])
    assert len(seen) == 5
