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
    "keepHere": row("networks:update", "net", "net"),
}
BY_PLAN = {"applyNetworks"}  # whose permissions follow from the plan: test_apply.py asks for them
ANY_UPDATE = {"keepHere"}  # which grant they need depends on the id, so another `update` is refused once that is known
