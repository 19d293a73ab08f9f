"""Who can peer with whom and what is common to several, by raw rows and plain Python, beside `oracle.py`; and registries to ask about."""

from random import Random
from typing import Any

from tests.graphql.oracle import Oracle, Row

STATUSES = ("ok",) * 14 + ("pending", "deleted")
TYPES = {"Content": "CONTENT", "NSP": "NSP", "Route Server": "ROUTE_SERVER", "Route Collector": "ROUTE_COLLECTOR", "": "NOT_DISCLOSED"}
POLICIES = {"Open": "OPEN", "Selective": "SELECTIVE", "No": "NO", "": "NOT_DISCLOSED", "Not Disclosed": "NOT_DISCLOSED"}
SCOPES = {"Europe": "EUROPE", "Global": "GLOBAL", "Not Disclosed": "NOT_DISCLOSED", "": "NOT_DISCLOSED"}
ROLES = {"NOC": "NOC", "Policy": "POLICY"}
Rows = list[tuple[str, dict[str, Any]]]


def registry(random: Random, organizations: list[int]) -> Rows:
    """(model, columns) of networks that meet at four LANs of three exchanges, parents first."""
    rows: Rows = []
    deleted: set[tuple[str, int]] = set()

    def add(kind: str, number: int, parents: dict[str, str], **values: Any) -> None:
        gone = any((parent, values[column]) in deleted for column, parent in parents.items())
        status = "deleted" if gone else random.choice(STATUSES)
        if status == "deleted":
            deleted.add((kind, number))
        rows.append((kind, {"id": number, "status": status, **values}))

    def named(number: int) -> dict[str, Any]:
        return {"name": f"Name {number}", "organization_id": random.choice(organizations)}

    for number in range(1, 13):
        types = random.sample(list(TYPES), random.choice([0, 0, 1, 1, 2]))
        words = {"policy_general": random.choice(list(POLICIES)), "info_scope": random.choice(list(SCOPES))}
        add("Network", number, {}, asn=65536 + number, info_types=types, info_type=random.choice(list(TYPES)), **words, **named(number))
    for number in range(1, 4):
        add("Facility", number, {}, **named(number))
        add("Exchange", number, {}, **named(number))
    for number, exchange in enumerate((1, 2, 3, 3), 1):
        add("PeeringLan", number, {"exchange_id": "Exchange"}, exchange_id=exchange)
    for number in range(1, 81):
        lan, network = random.randint(1, 4), random.randint(1, 12)
        place = {"network_id": network, "exchange_id": min(lan, 3), "peering_lan_id": lan, "asn": 65536 + network}
        addresses = {"ipaddr4": f"203.0.113.{number}" if random.random() < 0.6 else None}
        addresses["ipaddr6"] = f"2001:db8:f::{number}" if random.random() < 0.6 else None
        facts = {"speed": random.choice([0, 1000, 10000]), "operational": random.random() < 0.85}
        add("ExchangePort", number, {"network_id": "Network", "peering_lan_id": "PeeringLan"}, **place, **addresses, **facts)
    for number in range(1, 31):
        audience = {"role": random.choice(list(ROLES)), "visible": random.choice(["Public", "Users", "Private"])}
        add("Contact", number, {"network_id": "Network"}, network_id=random.randint(1, 12), email=f"a{number}@example.net", **audience)
    pairs = [(network, facility) for network in range(1, 13) for facility in range(1, 4)]
    for number, (network, facility) in enumerate(random.sample(pairs, 24), 1):
        place = {"network_id": network, "facility_id": facility}
        add("NetworkFacility", number, {"network_id": "Network", "facility_id": "Facility"}, local_asn=65536 + place["network_id"], **place)
    return rows


def question(random: Random) -> dict[str, Any]:
    """Some conditions of a PeerFilter."""
    choices: dict[str, Any] = {
        "policyGeneral": lookup(random, sorted(set(POLICIES.values()))),
        "infoTypes": {random.choice(["some", "some", "none"]): lookup(random, sorted(TYPES.values()))},
        "infoScope": lookup(random, sorted(set(SCOPES.values()))),
        "minSpeed": random.choice([0, 1000, 10000]),
        "exchange": [f"ix:{number}" for number in random.sample([1, 2, 3], random.randint(0, 3))],
        "notYetAt": [f"ix:{number}" for number in random.sample([1, 2, 3], random.randint(0, 1))],
        "contactRole": lookup(random, sorted(ROLES.values())),
    }
    return {name: choices[name] for name in random.sample(list(choices), random.choice([0, 0, 1, 1, 2]))}


def lookup(random: Random, names: list[str]) -> dict[str, Any]:
    return random.choice([{"eq": random.choice(names)}, {"ne": random.choice(names)}, {"in": random.sample(names, 2)}])


def holds(names: set[str], lookup: dict[str, Any]) -> bool:
    """Whether one of the names is, or for ne none is, as asked."""
    for word, operand in lookup.items():
        matches = not names.isdisjoint(operand if word == "in" else [operand])
        if matches is (word == "ne"):
            return False
    return True


def peers(oracle: Oracle, asn: int, where: dict[str, Any]) -> list[Row]:
    """The nodes of peers(asn), all of them."""
    ports = [row for row in oracle.rows("ExchangePort") if row["status"] == "ok" and row["operational"]]
    ours = [row for row in ports if network_of(oracle, row)["asn"] == asn]
    theirs = [row for row in ports if network_of(oracle, row)["asn"] != asn and row["speed"] >= where.get("minSpeed", 0)]
    nodes = []
    for network in oracle.rows("Network"):
        if network["asn"] != asn and fits(oracle, network, where):
            shared = meetings(ours, [row for row in theirs if row["network_id"] == network["id"]], where)
            if shared:
                contacts = [{"email": row["email"]} for row in oracle.rows("Contact") if row["network_id"] == network["id"]]
                shown = {"asn": network["asn"], "contacts": {"nodes": contacts}}
                nodes.append({"network": shown, "sharedExchanges": shared})
    return sorted(nodes, key=lambda node: -len(node["sharedExchanges"]))  # which keeps the order by id among equals


def network_of(oracle: Oracle, port: Row) -> Row:
    return next(row for row in oracle.tables["network"] if row["id"] == port["network_id"])


def fits(oracle: Oracle, network: Row, where: dict[str, Any]) -> bool:
    named = asked_for(where.get("policyGeneral", {})) | asked_for(where.get("infoTypes", {}).get("some", {}))
    kinds = {TYPES[text] for text in written_list(network["info_types"]) or [network["info_type"]]}
    policy = {POLICIES[network["policy_general"]]}
    if (kinds & {"ROUTE_SERVER", "ROUTE_COLLECTOR"}) - named or (policy & {"NO"}) - named:
        return False
    elsewhere = {f"ix:{row['exchange_id']}" for row in live_ports(oracle) if row["network_id"] == network["id"]}
    contacts = [row for row in oracle.rows("Contact") if row["network_id"] == network["id"]]
    return (
        holds(policy, where.get("policyGeneral", {}))
        and all(any(holds({kind}, part) for kind in kinds) is (word == "some") for word, part in where.get("infoTypes", {}).items())
        and holds({SCOPES[network["info_scope"]]}, where.get("infoScope", {}))
        and not elsewhere & set(where.get("notYetAt", []))
        and ("contactRole" not in where or any(holds({ROLES[row["role"]]}, where["contactRole"]) for row in contacts))
    )


def asked_for(lookup: dict[str, Any]) -> set[str]:
    """What a lookup names as wanted."""
    return {*lookup.get("in", []), lookup.get("eq", "")}


def live_ports(oracle: Oracle) -> list[Row]:
    return [row for row in oracle.rows("ExchangePort") if row["status"] == "ok"]


def written_list(text: str) -> list[str]:
    """The texts of a stored list of plain words."""
    return [word.strip('"') for word in text[1:-1].split(",")] if text != "[]" else []


def meetings(ours: list[Row], theirs: list[Row], where: dict[str, Any]) -> list[Row]:
    """sharedExchanges of two networks' ports."""
    nodes = []
    for lan in sorted({row["peering_lan_id"] for row in theirs}):
        at_lan = [[row for row in rows if row["peering_lan_id"] == lan] for rows in (ours, theirs)]
        families = [name for name in ("ipaddr4", "ipaddr6") if all(any(row[name] for row in rows) for rows in at_lan)]
        exchange = f"ix:{at_lan[1][0]['exchange_id']}"
        if families and exchange in where.get("exchange", [exchange]):
            used = [[{"id": f"netixlan:{row['id']}"} for row in rows if any(row[name] for name in families)] for rows in at_lan]
            node = {"exchange": {"id": exchange}, "peeringLan": {"id": f"ixlan:{lan}"}}
            nodes.append({**node, "families": [f"IPV{name[-1]}" for name in families], "ourPorts": used[0], "theirPorts": used[1]})
    return nodes


def common(oracle: Oracle, kind: str, column: str, asns: list[int]) -> dict[int, list[int]]:
    """Place → what the networks have there, of places where each has something live."""
    rows = [row for row in oracle.rows(kind) if row["status"] == "ok" and network_of(oracle, row)["asn"] in asns]
    places: dict[int, list[Row]] = {}
    for row in rows:
        places.setdefault(row[column], []).append(row)
    everybody = {place: rows_there for place, rows_there in places.items() if len({row["network_id"] for row in rows_there}) == len(asns)}
    return {place: [row["id"] for row in everybody[place]] for place in sorted(everybody)}
