"""The floor: what somebody would write who knows the workloads and nothing else. Flask, SQL by hand, orjson; one snapshot a request."""

from typing import Any

import orjson
from flask import Flask, Response, request

from benchmarks.key_check import LOOK_UP, json_response, key_of_request
from benchmarks.store import Rows, Store, among, open_store
from portal.directory.paging import BY_ID, fingerprint, read_cursor, write_cursor
from portal.directory.types import TYPES
from portal.directory.words import ContactRole, Policy, Scope, names
from portal.settings import Settings, read

Data = dict[str, Any]
POLICIES, SCOPES, ROLES = names(Policy), names(Scope), names(ContactRole)
PORT = TYPES["netixlan"]
MARK = fingerprint(PORT, BY_ID)

NETWORK = """SELECT id, asn, name, website, irr_as_set, info_prefixes4, info_prefixes6, policy_general, policy_url, TIME(updated)
FROM network WHERE asn = ? AND status = 'ok'"""
CONTACTS = """SELECT role, name, email FROM contact
WHERE network_id = ? AND status = 'ok' AND visible IN ('Public', 'Users') ORDER BY id LIMIT 100"""
PORTS = """SELECT port.ipaddr4, port.ipaddr6, port.speed, port.is_rs_peer, exchange.name
FROM exchange_port port JOIN exchange ON exchange.id = port.exchange_id
WHERE port.network_id = ? AND port.status = 'ok' ORDER BY port.id LIMIT 100"""
NETWORKS = """SELECT asn, name, website, irr_as_set, info_prefixes4, info_prefixes6, info_scope, info_ipv6, policy_general, TIME(updated)
FROM network WHERE status = 'ok' ORDER BY id LIMIT ?"""
EXCHANGE = "SELECT name FROM exchange WHERE id = ? AND status = 'ok'"
PORTS_THERE = "SELECT ipaddr4, ipaddr6, speed, network_id FROM exchange_port WHERE exchange_id = ? AND status = 'ok' ORDER BY id LIMIT ?"
NETWORKS_THERE = "SELECT id, asn, name, policy_general FROM network WHERE id AMONG ? AND status = 'ok'"
CONTACTS_THERE = """SELECT network_id, role, email FROM contact
WHERE network_id AMONG ? AND status = 'ok' AND visible IN ('Public', 'Users') ORDER BY id"""
NEXT_PORTS = """SELECT id, asn, ipaddr4, ipaddr6, speed, is_rs_peer, operational, TIME(updated)
FROM exchange_port WHERE id > ? AND status = 'ok' ORDER BY id LIMIT 1001"""
COMMON = """SELECT name, city, country FROM exchange WHERE status = 'ok' AND id IN (
  SELECT exchange_id FROM exchange_port WHERE status = 'ok' AND asn AMONG ? GROUP BY exchange_id HAVING count(DISTINCT asn) = ?
) ORDER BY id"""


class Floor:
    """A method a workload; each statement is put into the engine's words once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        statements = (NETWORK, CONTACTS, PORTS, NETWORKS, EXCHANGE, PORTS_THERE, NETWORKS_THERE, CONTACTS_THERE, NEXT_PORTS, COMMON)
        self.sql = {text: store.sql(text) for text in statements}
        self.answers = {"W1": self.network, "W2": self.networks, "W3": self.exchange, "W4": self.ports, "W5": self.common}

    def network(self, rows: Rows, asked: Data) -> Data:
        number, asn, name, website, sets, v4, v6, policy, url, updated = rows(self.sql[NETWORK], asked["asn"])[0]
        contacts = [{"role": ROLES.get(role), "name": name, "email": email} for role, name, email in rows(self.sql[CONTACTS], number)]
        ports = [
            {"ipaddr4": v4, "ipaddr6": v6, "speed": speed, "isRsPeer": bool(peer), "exchange": {"name": exchange}}
            for v4, v6, speed, peer, exchange in rows(self.sql[PORTS], number)
        ]
        return {
            "network": {
                "asn": asn,
                "name": name,
                "website": website,
                "irrAsSet": sets,
                "infoPrefixes4": v4,
                "infoPrefixes6": v6,
                "policyGeneral": POLICIES.get(policy),
                "policyUrl": url,
                "updated": updated,
                "contacts": {"nodes": contacts},
                "ports": {"nodes": ports},
            }
        }

    def networks(self, rows: Rows, asked: Data) -> Data:
        nodes = [
            {
                "asn": asn,
                "name": name,
                "website": website,
                "irrAsSet": sets,
                "infoPrefixes4": v4,
                "infoPrefixes6": v6,
                "infoScope": SCOPES.get(scope),
                "infoIpv6": bool(ipv6),
                "policyGeneral": POLICIES.get(policy),
                "updated": updated,
            }
            for asn, name, website, sets, v4, v6, scope, ipv6, policy, updated in rows(self.sql[NETWORKS], asked["first"])
        ]
        return {"networks": {"nodes": nodes}}

    def exchange(self, rows: Rows, asked: Data) -> Data:
        number = int(asked["id"].removeprefix("ix:"))
        ports = rows(self.sql[PORTS_THERE], number, asked["first"])
        there = among(self.store, list({network for _, _, _, network in ports}))
        contacts: dict[int, list[Data]] = {}
        for network, role, email in rows(self.sql[CONTACTS_THERE], there):
            contacts.setdefault(network, []).append({"role": ROLES.get(role), "email": email})
        networks = {
            id_: {"asn": asn, "name": name, "policyGeneral": POLICIES.get(policy), "contacts": {"nodes": contacts.get(id_, ())}}
            for id_, asn, name, policy in rows(self.sql[NETWORKS_THERE], there)
        }
        nodes = [{"ipaddr4": v4, "ipaddr6": v6, "speed": speed, "network": networks[network]} for v4, v6, speed, network in ports]
        return {"exchange": {"name": rows(self.sql[EXCHANGE], number)[0][0], "ports": {"nodes": nodes}}}

    def ports(self, rows: Rows, asked: Data) -> Data:
        nodes = [
            {
                "databaseId": number,
                "asn": asn,
                "ipaddr4": v4,
                "ipaddr6": v6,
                "speed": speed,
                "isRsPeer": bool(peer),
                "operational": bool(operational),
                "updated": updated,
            }
            for number, asn, v4, v6, speed, peer, operational, updated in rows(
                self.sql[NEXT_PORTS], read_cursor(PORT, BY_ID, asked["after"]).values["after_id"]
            )
        ]
        info = {"hasNextPage": len(nodes) > 1000, "endCursor": write_cursor(MARK, [nodes[:1000][-1]["databaseId"]])}
        return {"exchangePorts": {"nodes": nodes[:1000], "pageInfo": info}}

    def common(self, rows: Rows, asked: Data) -> Data:
        found = rows(self.sql[COMMON], among(self.store, asked["asns"]), len(asked["asns"]))
        return {"commonExchanges": [{"exchange": {"name": name, "city": city, "country": country}} for name, city, country in found]}


def create_floor() -> Flask:
    """For the server's command line."""
    settings = read()
    return floor_on(open_store(settings.database_url), settings)


def floor_on(store: Store, settings: Settings) -> Flask:
    app = Flask("floor")
    floor, look_up = Floor(store), store.sql(LOOK_UP)

    @app.post("/graphql")
    def graphql() -> Response:
        with store.snapshot() as rows:
            key = key_of_request(rows, look_up, settings)
            asked = orjson.loads(request.get_data(cache=False))
            data = floor.answers[asked["operationName"]](rows, asked["variables"])
        return json_response(orjson.dumps({"data": data}), key)

    return app
