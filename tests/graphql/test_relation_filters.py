"""Filters over relations: scopes like the fields', only what the caller sees, four relations at most, one statement."""

from collections.abc import Callable

import pytest

from tests.graphql.requests import Ask, Send, Statements
from tests.people import Robot

BY_CONTACT = (
    """query ($email: String!) { networks(where: { contacts: { some: { email: { eq: $email } } } }) { totalCount nodes { asn } } }"""
)


@pytest.mark.parametrize(
    ("where", "asns"),
    [
        ('organization: { name: { eq: "Other Org" } }', [64510]),
        ("ports: { some: { speed: { gte: 20000 } } }", [64501, 64510]),
        ("ports: { none: { speed: { gte: 20000 } } }", [64500]),
        ("facilities: { some: {} }", [64500]),
        ("facilities: { every: { localAsn: { eq: 1 } } }", [64501, 64510]),
        ('ports: { some: { exchange: { peeringLans: { some: { mtu: { eq: 1500 } } } }, ipaddr4: { within: "198.51.100.0/30" } } }', None),
        ("facilities: { some: { facility: { networks: { some: { network: { asn: { eq: 64500 } } } } } } }", [64500]),
        ("not: { ports: { some: { exchange: { ports: { some: { network: { asn: { eq: 64510 } } } } } } } }", []),
        ("infoTypes: { some: { eq: CONTENT } }", []),
        ("infoTypes: { every: { eq: CONTENT } }", None),
    ],
)
def test_networks_are_found_by_what_they_lead_to(where: str, asns: list[int] | None, ask: Ask) -> None:
    networks = ask(f"{{ networks(where: {{ {where} }}) {{ nodes {{ asn }} }} }}")["networks"]["nodes"]
    assert [network["asn"] for network in networks] == ([64500, 64501, 64510] if asns is None else asns)


def test_what_a_caller_may_not_see_finds_nothing(ask: Ask, robot: Callable[..., Robot]) -> None:
    key = robot("networks:read", "contacts:read")
    assert ask(BY_CONTACT, key, email="users@as64510.example.net")["networks"]["totalCount"] == 1
    assert ask(BY_CONTACT, key, email="private@as64510.example.net")["networks"] == {"totalCount": 0, "nodes": []}
    assert ask(BY_CONTACT, email="users@as64510.example.net")["networks"]["totalCount"] == 0


def test_a_filter_needs_the_scope_of_the_field(send: Send, robot: Callable[..., Robot], statements: Statements) -> None:
    key = robot("networks:read")
    send("{ viewer { address } }", key)
    with statements() as seen:
        response = send(BY_CONTACT, key, email="a")
    (error,) = response.json["errors"]
    assert (error["extensions"]["code"], error["extensions"]["requiredScopes"][0]) == ("FORBIDDEN", "contacts:read")
    assert error["message"].startswith("Network.contacts needs")
    assert len(seen) == 1, "the key's own look-up"


def test_a_filter_goes_through_four_relations_at_most(ask: Ask, send: Send) -> None:
    four = "ports: { some: { exchange: { organization: { networks: { some: { %s } } } } } }"
    assert ask(f"{{ networks(where: {{ {four % 'asn: { eq: 64500 }'} }}) {{ totalCount }} }}")
    (error,) = send(f"{{ networks(where: {{ {four % 'contacts: { some: {} }'} }}) {{ totalCount }} }}").json["errors"]
    assert (error["extensions"]["code"], "4 relations" in error["message"]) == ("BAD_USER_INPUT", True)


@pytest.mark.parametrize(
    "where", ["ports: { some: null }", "organization: null", "infoTypes: { some: null }", "infoTypes: { some: { eq: null } }"]
)
def test_null_is_no_filter(where: str, send: Send) -> None:
    (error,) = send(f"{{ networks(where: {{ {where} }}) {{ totalCount }} }}").json["errors"]
    assert (error["extensions"]["code"], "null" in error["message"]) == ("BAD_USER_INPUT", True)


def test_a_relation_filter_costs_no_statement(ask: Ask, statements: Statements) -> None:
    with statements() as seen:
        ask('{ networks(where: { ports: { some: { exchange: { city: { contains: "zur" } } } } }) { nodes { asn } } }')
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("lookup", "prefixes"),
    [
        ('containsIp: "198.51.100.77"', ["198.51.100.0/24"]),
        ('containsIp: "192.0.2.1"', []),
        ('within: "2001:db8::/32"', ["2001:db8:1::/64"]),
        ("family: IPV4", ["198.51.100.0/24"]),
    ],
)
def test_prefixes_are_found_by_addresses(lookup: str, prefixes: list[str], ask: Ask) -> None:
    nodes = ask(f"{{ prefixes(where: {{ prefix: {{ {lookup} }} }}) {{ nodes {{ prefix }} }} }}")["prefixes"]["nodes"]
    assert [node["prefix"] for node in nodes] == prefixes
