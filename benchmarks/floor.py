"""The floor: what somebody would write who knows the workloads and nothing else. Flask, SQL by hand, orjson; one snapshot a request."""

from typing import Any

import orjson
from flask import Flask, Response, request

from benchmarks import floor_sql
from benchmarks.key_check import LOOK_UP, json_response, key_of_request
from benchmarks.store import Rows, Store, among, open_store
from portal.registry.choices import ContactRole, GeographicScope, Policy, names
from portal.registry.read.paging import BY_ID, fingerprint, read_cursor, write_cursor
from portal.registry.types import TYPES
from portal.settings import Settings, read

Data = dict[str, Any]
POLICIES, SCOPES, ROLES = names(Policy), names(GeographicScope), names(ContactRole)
PORT = TYPES["netixlan"]
MARK = fingerprint(PORT, BY_ID)


class Floor:
    """A method a workload; each statement is put into the engine's words once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.sql = {text: store.sql(text) for name, text in vars(floor_sql).items() if name.isupper()}
        self.answers = {
            "W1": self.network,
            "W2": self.networks,
            "W3": self.exchange,
            "W4": self.ports,
            "W5": self.common,
            "W6": self.peers,
        }

    def network(self, rows: Rows, variables: Data) -> Data:
        number, asn, name, website, sets, v4, v6, policy, url, updated = rows(self.sql[floor_sql.NETWORK], variables["asn"])[0]
        contacts = [
            {"role": ROLES.get(role), "name": name, "email": email} for role, name, email in rows(self.sql[floor_sql.CONTACTS], number)
        ]
        ports = [
            {"ipaddr4": v4, "ipaddr6": v6, "speed": speed, "isRsPeer": bool(peer), "exchange": {"name": exchange}}
            for v4, v6, speed, peer, exchange in rows(self.sql[floor_sql.PORTS], number)
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

    def networks(self, rows: Rows, variables: Data) -> Data:
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
            for asn, name, website, sets, v4, v6, scope, ipv6, policy, updated in rows(self.sql[floor_sql.NETWORKS], variables["first"])
        ]
        return {"networks": {"nodes": nodes}}

    def exchange(self, rows: Rows, variables: Data) -> Data:
        number = int(variables["id"].removeprefix("ix:"))
        ports = rows(self.sql[floor_sql.PORTS_THERE], number, variables["first"])
        members = among(self.store, list({network for _, _, _, network in ports}))
        contacts = self.contacts(rows, members)
        networks = {
            id_: {"asn": asn, "name": name, "policyGeneral": POLICIES.get(policy), "contacts": {"nodes": contacts.get(id_, ())}}
            for id_, asn, name, policy in rows(self.sql[floor_sql.NETWORKS_THERE], members)
        }
        nodes = [{"ipaddr4": v4, "ipaddr6": v6, "speed": speed, "network": networks[network]} for v4, v6, speed, network in ports]
        return {"exchange": {"name": rows(self.sql[floor_sql.EXCHANGE], number)[0][0], "ports": {"nodes": nodes}}}

    def contacts(self, rows: Rows, networks: Any) -> dict[int, list[Data]]:
        by_network: dict[int, list[Data]] = {}
        for network, role, email in rows(self.sql[floor_sql.CONTACTS_THERE], networks):
            by_network.setdefault(network, []).append({"role": ROLES.get(role), "email": email})
        return by_network

    def ports(self, rows: Rows, variables: Data) -> Data:
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
                self.sql[floor_sql.NEXT_PORTS], read_cursor(PORT, BY_ID, variables["after"]).values["after_id"]
            )
        ]
        info = {"hasNextPage": len(nodes) > 1000, "endCursor": write_cursor(MARK, [nodes[:1000][-1]["databaseId"]])}
        return {"exchangePorts": {"nodes": nodes[:1000], "pageInfo": info}}

    def common(self, rows: Rows, variables: Data) -> Data:
        exchanges = rows(self.sql[floor_sql.COMMON], among(self.store, variables["asns"]), len(variables["asns"]))
        return {"commonExchanges": [{"exchange": {"name": name, "city": city, "country": country}} for name, city, country in exchanges]}

    def peers(self, rows: Rows, variables: Data) -> Data:
        places: dict[int, list[tuple[int, int]]] = {}
        for network, exchange, lan in rows(self.sql[floor_sql.MEETINGS], variables["asn"]):
            places.setdefault(network, []).append((exchange, lan))
        exchanges = {exchange for meetings in places.values() for exchange, _ in meetings}
        names = {
            number: {"exchange": {"name": name}} for number, name in rows(self.sql[floor_sql.EXCHANGES], among(self.store, list(exchanges)))
        }
        networks = rows(self.sql[floor_sql.PEERS], variables["asn"])
        contacts = self.contacts(rows, among(self.store, [number for number, *_ in networks]))
        nodes = [
            {
                "network": {
                    "asn": asn,
                    "name": name,
                    "policyGeneral": POLICIES.get(policy),
                    "contacts": {"nodes": contacts.get(number, ())},
                },
                "sharedExchanges": [names[exchange] for exchange, _ in places[number]],
            }
            for number, asn, name, policy in networks
        ]
        return {"peers": {"nodes": nodes}}


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
            body = orjson.loads(request.get_data(cache=False))
            data = floor.answers[body["operationName"]](rows, body["variables"])
        return json_response(orjson.dumps({"data": data}), key)

    return app
