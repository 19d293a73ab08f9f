"""Who sees which contacts: in lists, counts, filters, relations and node, for every kind of caller."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.db.session import lock
from portal.extensions import db
from portal.registry.contacts import Contact
from tests.graphql.requests import Ask, Send
from tests.people import Robot
from tests.registry import Records

PUBLIC = {f"public@as{asn}.example.net" for asn in (64500, 64501, 64510)}
USERS = {f"users@as{asn}.example.net" for asn in (64500, 64501, 64510)}
OURS = {f"private@as{asn}.example.net" for asn in (64500, 64501)}
THEIRS = {"private@as64510.example.net"}
READ, PRIVATE = "contacts:read", "contacts:read_private"

EVERY = "{ contacts { totalCount nodes { email } } }"
BY_NETWORK = "{ networks { nodes { asn contacts { totalCount nodes { email } } } } }"
BY_EMAIL = "query ($email: String!) { contacts(where: { email: { startsWith: $email } }) { totalCount nodes { email } } }"
BY_NOT = "query ($email: String!) { contacts(where: { not: { email: { ne: $email } } }) { totalCount nodes { email } } }"
NODE = "query ($id: ID!) { node(id: $id) { id ... on Contact { email } } }"

Caller = Callable[[str], tuple[Robot | None, set[str]]]


@pytest.fixture
def caller(robot: Callable[..., Robot], records: Records) -> Caller:
    """A caller by its name, and what it may see."""

    def get(name: str) -> tuple[Robot | None, set[str]]:
        chosen = {PRIVATE: frozenset({records["net"]})}
        callers: dict[str, Callable[[], tuple[Robot | None, set[str]]]] = {
            "anonymous": lambda: (None, PUBLIC),
            "read": lambda: (robot(READ, "networks:read"), PUBLIC | USERS),
            "private": lambda: (robot(PRIVATE, "networks:read"), OURS),
            "both": lambda: (robot(READ, PRIVATE, "networks:read"), PUBLIC | USERS | OURS),
            "chosen": lambda: (robot(READ, "networks:read", objects=chosen), PUBLIC | USERS | {"private@as64500.example.net"}),
            "charlie": lambda: (robot(READ, PRIVATE, "networks:read", charlie=True), PUBLIC | USERS | THEIRS),
        }
        return callers[name]()

    return get


CALLERS = pytest.mark.parametrize("name", ["anonymous", "read", "private", "both", "chosen", "charlie"])


@CALLERS
def test_a_list_and_its_count_hold_what_the_caller_may_see(name: str, caller: Caller, ask: Ask) -> None:
    robot, seen = caller(name)
    contacts = ask(EVERY, robot)["contacts"]
    assert {node["email"] for node in contacts["nodes"]} == seen
    assert contacts["totalCount"] == len(seen)


@CALLERS
def test_a_networks_contacts_are_the_same_ones(name: str, caller: Caller, ask: Ask) -> None:
    robot, seen = caller(name)
    for network in ask(BY_NETWORK, robot)["networks"]["nodes"]:
        emails = {node["email"] for node in network["contacts"]["nodes"]}
        assert emails == {email for email in seen if f"@as{network['asn']}." in email}
        assert network["contacts"]["totalCount"] == len(emails)


@CALLERS
@pytest.mark.parametrize("query", [BY_EMAIL, BY_NOT])
def test_a_hidden_address_can_not_be_guessed_by_a_filter(name: str, query: str, caller: Caller, ask: Ask) -> None:
    robot, seen = caller(name)
    for email in PUBLIC | USERS | OURS | THEIRS:
        contacts = ask(query, robot, email=email)["contacts"]
        assert contacts["totalCount"] == len(contacts["nodes"]) == (email in seen)


@CALLERS
def test_a_hidden_contact_has_no_node(name: str, caller: Caller, ask: Ask, records: Records) -> None:
    robot, seen = caller(name)
    for short, asn in {"net": 64500, "second": 64501, "other": 64510}.items():
        for visible in ("Public", "Users", "Private"):
            email = f"{visible.lower()}@as{asn}.example.net"
            node = ask(NODE, robot, id=f"poc:{records[f'{short} {visible}']}")["node"]
            assert (node and node["email"]) == (email if email in seen else None)


def test_a_key_without_a_contacts_scope_is_refused(send: Send, robot: Callable[..., Robot]) -> None:
    response = send(BY_NETWORK, robot("networks:read"))
    assert response.status_code == 403
    assert response.json == {
        "errors": [
            {
                "message": "Network.contacts needs contacts:read or contacts:read_private. "
                "This API key doesn't have it; an admin of its organization can add it.",
                "locations": [{"line": 1, "column": 26}],
                "extensions": {
                    "code": "FORBIDDEN",
                    "requiredScopes": ["contacts:read", "contacts:read_private"],
                    "grantedScopes": ["networks:read"],
                },
            }
        ]
    }
    assert response.headers["WWW-Authenticate"] == (
        'Bearer realm="peering-portal", error="insufficient_scope", scope="contacts:read contacts:read_private"'
    )


def test_contacts_of_a_pending_network_are_hidden_with_it(app: Flask, ask: Ask, robot: Callable[..., Robot], records: Records) -> None:
    with app.app_context():
        lock(db.session())
        db.session.add(Contact(id=7, network_id=records["waiting"], role="NOC", visible="Public", email="early@as64502.example.net"))
        db.session.commit()
    query = '{ contacts(where: { email: { contains: "early" } }) { totalCount nodes { network { asn } } } node(id: "poc:7") { id } }'
    hidden = {"contacts": {"totalCount": 0, "nodes": []}, "node": None}
    assert ask(query) == hidden
    assert ask(query, robot("contacts:read", "networks:read", charlie=True)) == hidden
    ours = ask(query, robot("contacts:read", "networks:read"))
    assert ours == {"contacts": {"totalCount": 1, "nodes": [{"network": {"asn": 64502}}]}, "node": {"id": "poc:7"}}
