"""The query of docs/examples/router_config.py over real rows: one request tells what the file says of a network and all its peers."""

import ast
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.limits.memory import Spending
from tests.importer.dumps import content_of
from tests.importer.registry import Registry

pytestmark = pytest.mark.needs("data")

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "router_config.py"
FAMILIES = {"ipaddr4": "IPV4", "ipaddr6": "IPV6"}
SHOWN = {
    "asn": "asn",
    "name": "name",
    "irrAsSet": "irr_as_set",
    "infoPrefixes4": "info_prefixes4",
    "infoPrefixes6": "info_prefixes6",
    "infoNeverViaRouteServers": "info_never_via_route_servers",
}
OF_PORT = {"ipaddr4": "ipaddr4", "ipaddr6": "ipaddr6", "speed": "speed", "isRsPeer": "is_rs_peer", "bfdSupport": "bfd_support"}
SIDES = ("ipaddr4", "ipaddr6", "bfdSupport"), OF_PORT
Row = dict[str, Any]


def printed_query() -> str:
    """The example's own text."""
    (query,) = [
        node.value.value
        for node in ast.parse(EXAMPLE.read_text("utf-8")).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "QUERY" and isinstance(node.value, ast.Constant)
    ]
    return str(query)


def of_port(row: Row, names: Iterable[str]) -> Row:
    """With what its session is named and numbered by."""
    return {"databaseId": row["id"], "asn": row["asn"], **{name: row[OF_PORT[name]] for name in names}}


class File:
    """The file's rows, by id."""

    def __init__(self, content: bytes) -> None:
        self.rows = {tag: {row["id"]: row for row in table["data"]} for tag, table in json.loads(content).items()}

    def ports(self, network: int) -> list[Row]:
        return [row for _, row in sorted(self.rows["netixlan"].items()) if row["net_id"] == network]

    def network(self, number: int) -> Row:
        return {name: self.rows["net"][number][column] for name, column in SHOWN.items()}

    def own(self, number: int) -> Row:
        """The network, and its ports."""
        shown = {name: value for name, value in self.network(number).items() if not name.startswith("info")}
        return shown | {"ports": {"nodes": [self.own_port(row) for row in self.ports(number)]}}

    def own_port(self, row: Row) -> Row:
        lan = self.rows["ixlan"][row["ixlan_id"]]
        blocks = [block for _, block in sorted(self.rows["ixpfx"].items()) if block["ixlan_id"] == lan["id"]]
        prefixes = [{"protocol": block["protocol"].upper(), "prefix": block["prefix"]} for block in blocks]
        place = {"exchange": {"name": self.rows["ix"][lan["ix_id"]]["name"]}}
        facts = {name: row[column] for name, column in OF_PORT.items()} | {"asn": row["asn"], "operational": row["operational"]}
        return place | {"peeringLan": {"mtu": lan["mtu"], "rsAsn": lan["rs_asn"] or None, "prefixes": {"nodes": prefixes}}} | facts

    def peers(self, number: int) -> list[Row]:
        """Of those that peer, most shared LANs first, then by id."""
        nodes = []
        for other, row in sorted(self.rows["net"].items()):
            kinds = set(row["info_types"] or [row["info_type"]])
            if other != number and row["policy_general"] != "No" and not kinds & {"Route Server", "Route Collector"}:
                shared = self.shared(number, other)
                if shared:
                    nodes.append({"network": self.network(other), "sharedExchanges": shared})
        return sorted(nodes, key=lambda node: -len(node["sharedExchanges"]))

    def shared(self, ours: int, theirs: int) -> list[Row]:
        nodes = []
        sides = [[row for row in self.ports(network) if row["operational"]] for network in (ours, theirs)]
        lans = {row["ixlan_id"] for row in sides[0]} & {row["ixlan_id"] for row in sides[1]}
        for exchange, lan in sorted((self.rows["ixlan"][lan]["ix_id"], lan) for lan in lans):
            at_lan = [[row for row in rows if row["ixlan_id"] == lan] for rows in sides]
            families = [name for name in FAMILIES if all(any(row[name] for row in rows) for rows in at_lan)]
            used = [[row for row in rows if any(row[name] for name in families)] for rows in at_lan]
            if families:
                mine, others = ([of_port(row, names) for row in rows] for names, rows in zip(SIDES, used, strict=True))
                shown = {"databaseId": exchange, "name": self.rows["ix"][exchange]["name"]}
                place = {"exchange": shown, "families": [FAMILIES[name] for name in families]}
                nodes.append({**place, "ourPorts": mine, "theirPorts": others})
        return nodes


def test_one_request_tells_what_a_router_needs_of_real_networks(app: Flask) -> None:
    content = content_of("complete.json")
    assert Registry(app).take(content).outcome.clean
    file, client = File(content), app.test_client()
    most = Counter(row["net_id"] for row in file.rows["netixlan"].values()).most_common(8)
    peers = 0
    for number, _ in most:
        app.extensions["portal spending"] = Spending()
        asn = file.rows["net"][number]["asn"]
        answer: Any = client.post("/graphql", json={"query": printed_query(), "variables": {"asn": asn}}).json
        assert answer["data"]["network"] == file.own(number), asn
        assert answer["data"]["peers"]["nodes"] == file.peers(number), asn
        peers += len(answer["data"]["peers"]["nodes"])
    assert peers > 20


def test_the_example_needs_what_the_template_for_routers_grants() -> None:
    """networks:read and exchanges:read: nothing of facilities or contacts is asked."""
    assert not {"facilities", "contacts", "facility", "organization"} & set(printed_query().split())
