"""gql, a client that isn't ours, against the served portal: it pages, finds peers with contacts, and reads every error."""

from collections.abc import Iterator
from typing import Any

import pytest
from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport
from graphql import GraphQLError

from tests.commands import CommandLine, local
from tests.demo import NORTHLIGHT, Demo
from tests.server import served

NETWORKS = """query Networks($after: Cursor) {
  networks(first: 25, after: $after) { totalCount nodes { asn name } pageInfo { hasNextPage endCursor } }
}"""
PEERS = """query Peers($asn: ASN!) {
  peers(asn: $asn) {
    nodes { network { asn contacts { nodes { role email } } } sharedExchanges { exchange { name } theirPorts { ipaddr6 } } }
  }
}"""


class Served:
    """A served demo, and clients of it."""

    def __init__(self, url: str, portal: CommandLine) -> None:
        self.url, self.portal = url, portal

    def client(self, *grants: str, checking: bool = True) -> Client:
        """With a key that holds the grants; anonymous without any. `checking`: against the schema, which it fetches first."""
        headers = {"Authorization": f"Bearer {self.issue(grants)}"} if grants else {}
        return Client(transport=RequestsHTTPTransport(f"{self.url}/graphql", headers=headers), fetch_schema_from_transport=checking)

    def issue(self, grants: tuple[str, ...]) -> str:
        options = [part for grant in grants for part in ("--grant", grant)]
        about = ("--organization", NORTHLIGHT, "--name", f"gql {' '.join(grants)}", "--notify", "noc@example.net")
        return self.portal.ok("keys", "issue", *about, *options).out.strip()


@pytest.fixture(scope="module")
def demo(built_demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    portal = local(tmp_path_factory.mktemp("portal"))
    built_demo.copy(portal.data)
    with served(portal) as server:
        yield Served(server.url, portal)


@pytest.fixture(scope="module")
def narrow(demo: Served) -> Client:
    return demo.client("networks:read", "exchanges:read", checking=False)


def request(text: str, **variables: Any) -> GraphQLRequest:
    return GraphQLRequest(text, variable_values=variables)


def test_it_pages_through_all_networks(demo: Served) -> None:
    client = demo.client("networks:read")
    networks: list[dict[str, Any]] = []
    page: Any = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
    while page["pageInfo"]["hasNextPage"]:
        page = client.execute(request(NETWORKS, after=page["pageInfo"]["endCursor"]))["networks"]
        networks += page["nodes"]
    assert len(networks) == len({node["asn"] for node in networks}) == page["totalCount"] > 25
    assert {"asn": 64500, "name": "Northlight"} in networks


def test_it_finds_peers_with_whom_to_write_to(demo: Served) -> None:
    client = demo.client("networks:read", "exchanges:read", "contacts:read")
    peers = client.execute(request(PEERS, asn="AS64500"))["peers"]["nodes"]
    assert len(peers) > 2
    assert all(peer["sharedExchanges"][0]["exchange"]["name"] and peer["sharedExchanges"][0]["theirPorts"] for peer in peers)
    assert any(contact["email"] for peer in peers for contact in peer["network"]["contacts"]["nodes"])


def test_it_refuses_an_unknown_field_by_the_served_schema_before_it_asks(demo: Served) -> None:
    with pytest.raises(GraphQLError, match="Cannot query field 'nonsense' on type 'Query'"):
        demo.client("usage:read").execute(gql("{ nonsense }"))


@pytest.mark.parametrize(
    ("text", "variables", "code"),
    [
        ("{ contacts { nodes { email } } }", {}, "FORBIDDEN"),
        ("{ networks(first: 5000) { totalCount } }", {}, "BAD_USER_INPUT"),
        (PEERS, {"asn": "AS-EXAMPLE"}, "BAD_USER_INPUT"),
        ("{ nonsense }", {}, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_it_reads_why_it_is_refused(text: str, variables: dict[str, Any], code: str, demo: Served, narrow: Client) -> None:
    with pytest.raises(TransportQueryError) as refused:
        narrow.execute(request(text, **variables))
    (error,) = refused.value.errors or [None]
    assert error["extensions"]["code"] == code
    assert error["extensions"].get("requiredScopes") == (["contacts:read", "contacts:read_private"] if code == "FORBIDDEN" else None)


def test_it_reads_that_the_limit_is_reached_and_when_to_return(demo: Served) -> None:
    client = demo.client(checking=False)
    for _ in range(60):
        client.execute(request("{ viewer { anonymous } }"))
    with pytest.raises(TransportQueryError) as refused:
        client.execute(request("{ viewer { anonymous } }"))
    (error,) = refused.value.errors or [None]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert 1 <= int(client.transport.response_headers["Retry-After"]) <= 60  # type: ignore[union-attr]  # of this transport
