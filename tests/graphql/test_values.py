"""Values as they are shown and asked for: what is unstated has one form, what 0 means is said, and older words are known."""

import re
from typing import Any

import pytest
from flask import Flask
from graphql import GraphQLNonNull, get_named_type

from graphql_schema import INDEX
from portal.db.session import lock
from portal.extensions import db
from portal.registry.exchanges import PeeringLan
from portal.registry.networks import Network
from tests.graphql.requests import Ask, Send
from tests.registry import Records


@pytest.fixture
def network(app: Flask, records: Records) -> Any:
    """`network(irr_as_set="AS-X")`: Example Net with these columns."""

    def change(**columns: Any) -> None:
        with app.app_context():
            lock(db.session())
            for name, value in columns.items():
                setattr(db.session.get_one(Network, records["net"]), name, value)
            db.session.commit()

    return change


def test_each_number_says_what_0_means() -> None:
    fields = {f"{named.name}.{name}": field for named in INDEX.objects.values() for name, field in named.fields.items()}
    numbers = {name: field for name, field in fields.items() if get_named_type(field.type).name in {"Int", "Float", "ASN"}}
    assert len(numbers) > 30
    assert {name for name, field in numbers.items() if not re.search(r"\b0\b", field.description or "")} == {"Network.asn"}


def test_every_record_has_a_status() -> None:
    assert all(isinstance(named.fields["status"].type, GraphQLNonNull) for named in INDEX.objects.values())


@pytest.mark.parametrize(("stored", "shown"), [(None, None), (0, None), (64511, 64511)])
def test_a_lan_without_route_servers_has_no_asn_of_theirs(stored: Any, shown: Any, app: Flask, ask: Ask, records: Records) -> None:
    with app.app_context():
        lock(db.session())
        for name in ("rs_asn", "vlan"):
            setattr(db.session.get_one(PeeringLan, records["lan"]), name, stored)
        db.session.commit()
    lan = "peeringLans(where: { rsAsn: $rs, vlan: $rs }) { totalCount nodes { rsAsn vlan } }"
    query = "query ($unset: Boolean) { " + lan.replace("$rs", "{ isNull: $unset }") + " all: " + lan.replace("$rs", "{ ne: 0 }") + " }"
    found = {"totalCount": 1, "nodes": [{"rsAsn": shown, "vlan": shown}]}
    assert ask(query, unset=shown is None) == {"peeringLans": found, "all": found}
    assert ask(query, unset=shown is not None)["peeringLans"] == {"totalCount": 0, "nodes": []}


@pytest.mark.parametrize(
    ("info_type", "info_types", "shown"),
    [
        ("Content", [], ["CONTENT"]),
        ("Cable/DSL/ISP", [], ["CABLE_DSL_ISP"]),
        ("Content", ["NSP", "Enterprise"], ["NSP", "ENTERPRISE"]),
        ("", [], []),
        ("Not Disclosed", [], []),
        ('Con"tent', [], []),
    ],
)
def test_a_networks_older_type_is_its_only_one(info_type: str, info_types: list[str], shown: list[str], ask: Ask, network: Any) -> None:
    network(info_type=info_type, info_types=info_types)
    found = "networks(where: { asn: { eq: 64500 }, infoTypes: { some: { eq: $one } } }) { nodes { infoTypes } }"
    query = "query ($one: NetworkType) { network(asn: 64500) { infoTypes } " + found + " }"
    for one in ("CONTENT", "CABLE_DSL_ISP", "ENTERPRISE", "NOT_DISCLOSED"):
        nodes = [{"infoTypes": shown}] if one in shown else []
        assert ask(query, one=one) == {"network": {"infoTypes": shown}, "networks": {"nodes": nodes}}


@pytest.mark.parametrize(
    ("text", "sets"),
    [
        ("", []),
        ("AS-RETN", [("", "AS-RETN")]),
        ("RIPE::AS-RETN RIPE::AS-RETN6", [("RIPE", "AS-RETN"), ("RIPE", "AS-RETN6")]),
        ("as-retn@ripe, AS64500", [("RIPE", "AS-RETN"), ("", "AS64500")]),
        ("AS64500:AS-CUSTOMERS:RS-EU ARIN-NONAUTH::as-x", [("", "AS64500:AS-CUSTOMERS:RS-EU"), ("ARIN-NONAUTH", "AS-X")]),
        ("AS-A and http://as.example.net AS-B; x@y AS-; RIPE::", [("", "AS-A")]),
    ],
)
def test_the_sets_of_a_network_are_told_apart(text: str, sets: list[tuple[str, str]], ask: Ask, network: Any) -> None:
    network(irr_as_set=text)
    shown = ask("{ network(asn: 64500) { irrAsSet irrAsSets { source name kind: __typename } } }")["network"]
    assert shown["irrAsSet"] == text
    assert shown["irrAsSets"][: len(sets)] == [{"source": source, "name": name, "kind": "IrrAsSet"} for source, name in sets]


TRAFFIC = "query ($where: TrafficLookup) { networks(where: { infoTraffic: $where, asn: { eq: 64500 } }) { nodes { infoTraffic } } }"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("20-50 Gbps", "GBPS_20_50"),
        ("100+ Gbps", "GBPS_100_200"),
        ("1 Tbps+", "TBPS_1_5"),
        ("100+Tbps", "TBPS_100_PLUS"),
        ("", "NOT_DISCLOSED"),
    ],
)
def test_traffic_is_compared_by_its_bands(stored: str, shown: str, ask: Ask, network: Any) -> None:
    network(info_traffic=stored)
    bands = [name for name in INDEX.schema.type_map["Traffic"].values if name != "NOT_DISCLOSED"]  # type: ignore[attr-defined]  # an enum
    ascending = sorted(bands, key=lambda name: (["MBPS", "GBPS", "TBPS"].index(name[:4]), int(name.split("_")[1])))
    for band in ("GBPS_20_50", "TBPS_1_5"):
        place, own = ascending.index(band), ascending.index(shown) if shown in ascending else None
        for word, holds in {"gt": own is not None and own > place, "lte": own is not None and own <= place}.items():
            assert ask(TRAFFIC, where={word: band})["networks"]["nodes"] == [{"infoTraffic": shown}] * holds, (word, band)
    assert len(ask(TRAFFIC, where={"gte": "GBPS_20_50", "lt": "TBPS_1_5", "ne": "GBPS_100_200"})["networks"]["nodes"]) == (
        shown == "GBPS_20_50"
    )


def test_an_undisclosed_traffic_is_neither_more_nor_less(send: Send) -> None:
    (error,) = send(TRAFFIC, where={"gt": "NOT_DISCLOSED"}).json["errors"]
    said = "where.infoTraffic.gt: NOT_DISCLOSED is neither greater nor less than another. Use eq, ne or in."
    assert (error["extensions"]["code"], error["message"]) == ("BAD_USER_INPUT", said)
