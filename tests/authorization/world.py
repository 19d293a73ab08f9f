"""A registry in which whatever could be hidden is: four organizations, records of each state, under parents of each state.

Every text says where it stands, as `network.notes_private.7!`, so that it is known again wherever it turns up.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from graphql import GraphQLEnumType, GraphQLNonNull, get_named_type

from tests.authorization.schema import Record, Served, column_of, is_list
from tests.graphql.oracle_types import PARENTS, TYPES

OURS, THEIRS, UNAPPROVED, GONE = 1, 2, 3, 4
ORGANIZATIONS = {OURS: "ok", THEIRS: "ok", UNAPPROVED: "pending", GONE: "deleted"}
OBJECTS = {  # of each type that an organization owns: id → owner and state
    1: (OURS, "ok"),
    2: (OURS, "ok"),
    3: (OURS, "pending"),
    4: (OURS, "deleted"),
    5: (THEIRS, "ok"),
    6: (THEIRS, "pending"),
    7: (UNAPPROVED, "ok"),
    8: (GONE, "deleted"),
}
NETWORKS, PLACES = (1, 2, 3, 5, 6, 7), (1, 3, 5, 6, 7)
VISIBILITIES = ("Public", "Users", "Private")
FIRST_ASN, BORN = 4_200_000_000, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
Values = dict[str, Any]


def world(served: Served) -> dict[str, list[Values]]:
    """GraphQL type → columns of its rows, parents before children."""
    tables: dict[str, list[Values]] = {}
    states: dict[tuple[str, Any], str] = {}
    for name, rows in (("Organization", organizations()), *((name, objects(name)) for name in OWNED), *below()):
        table = TYPES[name][0]
        for number, given in enumerate(rows, 1):
            gone = any(states[parent, given[column]] == "deleted" for column, parent in PARENTS[table].items())
            row = {**plain(served, served.records[name], number), "status": "ok", **given}
            row["status"] = states[table, number] = "deleted" if gone else row["status"]
            tables.setdefault(name, []).append(row)
    return tables


OWNED = ("Campus", "Network", "Exchange", "Facility", "Carrier")


def organizations() -> Iterator[Values]:
    for status in ORGANIZATIONS.values():
        yield {"status": status}


def objects(name: str) -> Iterator[Values]:
    for number, (owner, status) in OBJECTS.items():
        more: Values = {"asn": FIRST_ASN + number} if name == "Network" else {}
        if name == "Facility":
            more["campus_id"] = None if number == 2 else number % 8 + 1
        yield {"organization_id": owner, "status": status, **more}


def below() -> Iterator[tuple[str, list[Values]]]:
    """What stands under the objects, two of each kind pending and one deleted. Exchange e has the LANs 3e-2, 3e-1 and 3e."""
    visible = "ixf_ixp_member_list_url_visible"
    lans: list[Values] = [{"exchange_id": exchange, visible: audience} for exchange, audience in product(OBJECTS, VISIBILITIES)]
    lans += [{"exchange_id": exchange, visible: "Public", "status": "pending"} for exchange in (1, 5)]
    yield "PeeringLan", lans
    yield "Prefix", [{"peering_lan_id": lan} for lan in range(1, 27)] + [{"peering_lan_id": lan, "status": "pending"} for lan in (1, 13)]
    ports = [(network, exchange, 3 * exchange - 2, status) for network, exchange, status in pairs()]
    yield (
        "ExchangePort",
        [
            {"network_id": network, "exchange_id": exchange, "peering_lan_id": lan, "asn": FIRST_ASN + network, "status": status}
            | {"net_side_id": (None, *PLACES)[number % 6], "ix_side_id": (*PLACES, None)[number % 6], "operational": number % 7 != 6}
            for number, (network, exchange, lan, status) in enumerate(ports)
        ],
    )
    for name, side, parents in (("NetworkFacility", "network_id", NETWORKS), ("ExchangeFacility", "exchange_id", PLACES)):
        yield name, [{side: one, "facility_id": place, "status": status} for one, place, status in pairs() if one in parents]
    yield "CarrierFacility", [{"carrier_id": one, "facility_id": place, "status": status} for one, place, status in pairs()]
    contacts = [{"network_id": network, "visible": audience} for network, audience in product(OBJECTS, VISIBILITIES)]
    contacts += [{"network_id": network, "visible": "Public", "status": status} for network, status in ((1, "pending"), (5, "pending"))]
    yield "Contact", [*contacts, {"network_id": 1, "visible": "Public", "status": "deleted"}]


def pairs() -> Iterator[tuple[int, int, str]]:
    """(one, place, status) of what is present at a place."""
    states = {(2, 1): "pending", (5, 5): "pending", (2, 5): "deleted"}
    for one, place in product(NETWORKS, PLACES):
        yield one, place, states.get((one, place), "ok")


def plain(served: Served, record: Record, number: int) -> Values:
    """A value for every column that is served."""
    columns = record.columns
    return {"id": number} | {
        column: value_of(served, record, name, number) for name, column in columns.items() if name not in {"id", "databaseId", "irrAsSets"}
    }


def value_of(served: Served, record: Record, name: str, number: int) -> Any:
    given = record.fields[name].type
    kind, required = get_named_type(given), isinstance(given, GraphQLNonNull)
    mark = f"{record.table}.{column_of(name)}.{number}!"
    if isinstance(kind, GraphQLEnumType):
        texts = sorted(served.texts(kind))
        chosen = texts[number % len(texts)]
        return [chosen] if is_list(given) else chosen
    if kind.name in {"Int", "Float", "DateTime"} and not required and number % 5 == 0:
        return None
    values = {
        "String": [mark] if is_list(given) else mark,
        "Boolean": number % 2 == 0,
        "Int": number * 3,
        "Float": number / 8,
        "ASN": FIRST_ASN + number,
        "DateTime": BORN + timedelta(minutes=number),
        "SocialMedia": [{"service": mark, "identifier": mark}],
        "IPAddress": f"198.51.100.{number}" if name == "ipaddr4" else f"2001:db8::{number:x}",
        "IPPrefix": f"2001:db8:{number:x}::/64",
    }
    return f"RIPE::AS-{number} {mark}" if name == "irrAsSet" else values[kind.name]
