"""Each mutation with the one grant that it needs, and an input that is done for whoever may: a new mutation needs a row here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.graphql.mutations.sides import Side


@dataclass(frozen=True)
class Row:
    """`tag`: of the object that a grant lists; "" where the grant has no list."""

    grant: str
    tag: str
    given: Callable[[Side], dict[str, Any]]


def row(grant: str, tag: str, id_of: str, **values: Any) -> Row:
    """Of a mutation that names its record by the id."""
    return Row(grant, tag, lambda side: {"id": f"{id_of.rpartition(' ')[2]}:{side[id_of]}", **values})


ROWS: dict[str, Row] = {
    "updateOrganization": row("organization:update", "", "org", notes="x"),
    "createNetwork": Row("networks:create", "", lambda side: {"organizationId": side["org"], "asn": 64700, "name": "New"}),
    "updateNetwork": row("networks:update", "net", "net", notes="x"),
    "deleteNetwork": row("networks:delete", "net", "net"),
    "createContact": Row(
        "contacts:create", "", lambda side: {"networkId": side["net"], "role": "SALES", "visible": "USERS", "email": "a@b.de"}
    ),
    "updateContact": row("contacts:update", "net", "poc", name="x"),
    "deleteContact": row("contacts:delete", "net", "poc"),
    "createExchangePort": Row(
        "networks:update",
        "net",
        lambda side: {"networkId": side["net"], "peeringLanId": side["common ixlan"], "speed": 100, "ipaddr4": "198.51.100.99"},
    ),
    "updateExchangePort": row("networks:update", "net", "netixlan", notes="x"),
    "deleteExchangePort": row("networks:update", "net", "netixlan"),
    "createNetworkFacility": Row("networks:update", "net", lambda side: {"networkId": side["net"], "facilityId": side["fac"]}),
    "updateNetworkFacility": row("networks:update", "net", "netfac", localAsn=64600),
    "deleteNetworkFacility": row("networks:update", "net", "netfac"),
    "createExchange": Row(
        "exchanges:create",
        "",
        lambda side: {"organizationId": side["org"], "name": "New", "techEmail": "noc@example.net", "prefix": "203.0.113.240/28"},
    ),
    "updateExchange": row("exchanges:update", "ix", "ix", notes="x"),
    "deleteExchange": row("exchanges:delete", "ix", "bare ix"),
    "createPeeringLan": Row("exchanges:update", "ix", lambda side: {"exchangeId": side["ix"], "mtu": 9000}),
    "updatePeeringLan": row("exchanges:update", "ix", "ixlan", vlan=7),
    "deletePeeringLan": row("exchanges:update", "ix", "ixlan"),
    "createPrefix": Row("exchanges:update", "ix", lambda side: {"peeringLanId": side["ixlan"], "prefix": "203.0.113.240/28"}),
    "updatePrefix": row("exchanges:update", "ix", "ixpfx", inDfz=True),
    "deletePrefix": row("exchanges:update", "ix", "ixpfx"),
    "createExchangeFacility": Row("exchanges:update", "ix", lambda side: {"exchangeId": side["ix"], "facilityId": side["fac"]}),
    "deleteExchangeFacility": row("exchanges:update", "ix", "ixfac"),
    "createFacility": Row("facilities:create", "", lambda side: {"organizationId": side["org"], "name": "New"}),
    "updateFacility": row("facilities:update", "fac", "fac", notes="x"),
    "deleteFacility": row("facilities:delete", "fac", "fac"),
    "createCarrier": Row("carriers:create", "", lambda side: {"organizationId": side["org"], "name": "New"}),
    "updateCarrier": row("carriers:update", "carrier", "carrier", notes="x"),
    "deleteCarrier": row("carriers:delete", "carrier", "carrier"),
    "createCarrierFacility": Row("carriers:update", "carrier", lambda side: {"carrierId": side["carrier"], "facilityId": side["fac"]}),
    "deleteCarrierFacility": row("carriers:update", "carrier", "carrierfac"),
    "approveCarrierFacility": row("facilities:update", "fac", "pending carrierfac"),
    "createCampus": Row("campuses:create", "", lambda side: {"organizationId": side["org"], "name": "New"}),
    "updateCampus": row("campuses:update", "campus", "campus", notes="x"),
    "deleteCampus": row("campuses:delete", "campus", "campus"),
    "keepHere": row("networks:update", "net", "net"),
    "confirmRecord": row("networks:update", "net", "net"),
}
OF_OTHER_TESTS = {"applyNetworks", "followImport"}  # test_apply.py and test_follow.py ask who may
ANY_UPDATE = {"keepHere", "confirmRecord"}  # which grant they need depends on the id, so another `update` is refused once that is known
