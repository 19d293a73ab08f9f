"""Who can peer with whom and what is common to several, by raw rows and plain Python, beside `oracle.py`; and registries to ask about."""

from collections.abc import Callable
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
        asn = random.choice([65536, 65536, 65536, 70000]) + network  # a port may have an ASN of its own
        place = {"network_id": network, "exchange_id": min(lan, 3), "peering_lan_id": lan, "asn": asn}
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
        "infoTypes": types(random),
        "infoScope": lookup(random, sorted(set(SCOPES.values()))),
        "minSpeed": random.choice([0, 1000, 10000]),
        "exchange": [f"ix:{number}" for number in random.sample([1, 2, 3], random.randint(0, 3))],
        "notYetAt": [f"ix:{number}" for number in random.sample([1, 2, 3], random.randint(0, 1))],
        "contactRole": lookup(random, sorted(ROLES.values())),
        "excludeAsns": [random.choice([65536, 70000]) + random.randint(1, 13) for _ in range(random.randint(0, 3))],
        "network": network_filter(random, 2),
    }
    return {name: choices[name] for name in random.sample(list(choices), random.choice([0, 0, 1, 1, 2, 3]))}


def types(random: Random) -> dict[str, Any]:
    return {random.choice(["some", "some", "none"]): lookup(random, sorted(TYPES.values()))}


def network_filter(random: Random, depth: int) -> dict[str, Any]:
    """A NetworkFilter of a few forms."""
    parts: list[dict[str, Any]] = [
        {"policyGeneral": lookup(random, sorted(set(POLICIES.values())))},
        {"infoTypes": types(random)},
        {"infoScope": lookup(random, sorted(set(SCOPES.values())))},
        {"asn": {"in": [65536 + random.randint(1, 12) for _ in range(4)]}},
        {"contacts": {"some": {"role": lookup(random, sorted(ROLES.values()))}}},
    ]
    if depth:
        inside = [network_filter(random, depth - 1) for _ in range(2)]
        parts += [{"not": inside[0]}, {"and": inside}, {"or": inside}]
    return random.choice(parts)


def lookup(random: Random, names: list[str]) -> dict[str, Any]:
    return random.choice([{"eq": random.choice(names)}, {"ne": random.choice(names)}, {"in": random.sample(names, 2)}])


def holds(names: set[str], lookup: dict[str, Any]) -> bool:
    """Whether one of the names is, or for ne none is, as asked."""
    for word, operand in lookup.items():
        matches = not names.isdisjoint(operand if word == "in" else [operand])
        if matches is (word == "ne"):
            return False
    return True


def find_network(oracle: Oracle, asn: int) -> Row | None:
    """The network with the ASN, or else the first one whose port has it."""
    networks = {row["id"]: row for row in oracle.rows("Network")}
    with_port = sorted(row["network_id"] for row in oracle.rows("ExchangePort") if row["asn"] == asn)
    return next((row for row in networks.values() if row["asn"] == asn), networks[with_port[0]] if with_port else None)


def are_exchanges(oracle: Oracle, where: dict[str, Any]) -> bool:
    """Whether all exchanges that the question names are there."""
    seen = {f"ix:{row['id']}" for row in oracle.rows("Exchange")}
    return seen.issuperset([*where.get("exchange", ()), *where.get("notYetAt", ())])


def peers(oracle: Oracle, asn: int, where: dict[str, Any]) -> list[Row] | None:
    """The nodes of peers(asn), all of them; None where the question names what isn't there."""
    us = find_network(oracle, asn)
    if us is None or not are_exchanges(oracle, where):
        return None
    ports = [row for row in oracle.rows("ExchangePort") if row["status"] == "ok" and row["operational"]]
    ours = [row for row in ports if row["network_id"] == us["id"]]
    theirs = [row for row in ports if row["network_id"] != us["id"] and row["speed"] >= where.get("minSpeed", 0)]
    nodes = []
    for network in oracle.rows("Network"):
        if network["id"] != us["id"] and fits(oracle, network, where):
            shared = meetings(ours, [row for row in theirs if row["network_id"] == network["id"]], where)
            if shared:
                contacts = [{"email": row["email"]} for row in contacts_of(oracle, network)]
                shown = {"asn": network["asn"], "contacts": {"nodes": contacts}}
                nodes.append({"network": shown, "sharedExchanges": shared})
    return sorted(nodes, key=lambda node: -len(node["sharedExchanges"]))  # which keeps the order by id among equals


def contacts_of(oracle: Oracle, network: Row) -> list[Row]:
    return [row for row in oracle.rows("Contact") if row["network_id"] == network["id"]]


def fits(oracle: Oracle, network: Row, where: dict[str, Any]) -> bool:
    parts = [where.get("network", {}), {name: where[name] for name in ("policyGeneral", "infoTypes", "infoScope") if name in where}]
    named = set[str]().union(*map(names_in, parts))
    if (kinds_of(network) & {"ROUTE_SERVER", "ROUTE_COLLECTOR"}) - named or ({POLICIES[network["policy_general"]]} & {"NO"}) - named:
        return False
    ports = [row for row in live_ports(oracle) if row["network_id"] == network["id"]]
    return (
        all(meets(oracle, network, part) for part in parts)
        and not {f"ix:{row['exchange_id']}" for row in ports} & set(where.get("notYetAt", []))
        and not {network["asn"], *(row["asn"] for row in ports)} & set(where.get("excludeAsns", []))
        and ("contactRole" not in where or any(holds({ROLES[row["role"]]}, where["contactRole"]) for row in contacts_of(oracle, network)))
    )


def meets(oracle: Oracle, network: Row, where: dict[str, Any]) -> bool:
    """Whether a network meets a NetworkFilter of the forms above."""
    tests: dict[str, Callable[[Any], bool]] = {
        "policyGeneral": lambda part: holds({POLICIES[network["policy_general"]]}, part),
        "infoScope": lambda part: holds({SCOPES[network["info_scope"]]}, part),
        "infoTypes": lambda part: all(
            any(holds({kind}, lookup) for kind in kinds_of(network)) is (word == "some") for word, lookup in part.items()
        ),
        "asn": lambda part: network["asn"] in part["in"],
        "contacts": lambda part: any(holds({ROLES[row["role"]]}, part["some"]["role"]) for row in contacts_of(oracle, network)),
        "not": lambda part: not meets(oracle, network, part),
        "and": lambda parts: all(meets(oracle, network, part) for part in parts),
        "or": lambda parts: any(meets(oracle, network, part) for part in parts),
    }
    return all(tests[name](part) for name, part in where.items())


def kinds_of(network: Row) -> set[str]:
    """Its types; the older single one where there are none and that one says something."""
    texts = written_list(network["info_types"]) or [text for text in [network["info_type"]] if text]
    return {TYPES[text] for text in texts}


def names_in(where: dict[str, Any]) -> set[str]:
    """The policies and types that a filter asks for by name, but under `not`."""
    names = asked_for(where.get("policyGeneral", {})) | asked_for(where.get("infoTypes", {}).get("some", {}))
    return names.union(*(names_in(part) for word in ("and", "or") for part in where.get(word, ())))


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


def common(oracle: Oracle, kind: str, column: str, asns: list[int]) -> dict[int, list[int]] | None:
    """Place → what the networks have there, of places where each has something live; None where an ASN isn't there."""
    networks = [find_network(oracle, asn) for asn in asns]
    if None in networks:
        return None
    ids = {network["id"] for network in networks if network}
    rows = [row for row in oracle.rows(kind) if row["status"] == "ok" and row["network_id"] in ids]
    places: dict[int, list[Row]] = {}
    for row in rows:
        places.setdefault(row[column], []).append(row)
    everybody = {place: rows_there for place, rows_there in places.items() if {row["network_id"] for row in rows_there} == ids}
    return {place: [row["id"] for row in everybody[place]] for place in sorted(everybody)}
