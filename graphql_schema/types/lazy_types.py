"""The record types by name, for fields of types that know each other: `NetworkRef` is one, `NetworkPage` a page of them."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from graphql_schema.schema.connections import Connection

if TYPE_CHECKING:
    from graphql_schema.types.campuses import Campus
    from graphql_schema.types.carriers import Carrier, CarrierFacility
    from graphql_schema.types.contacts import Contact
    from graphql_schema.types.exchanges import Exchange, PeeringLan, Prefix
    from graphql_schema.types.facilities import ExchangeFacility, Facility, NetworkFacility
    from graphql_schema.types.networks import Network
    from graphql_schema.types.organizations import Organization
    from graphql_schema.types.ports import ExchangePort

CampusRef = Annotated["Campus", strawberry.lazy("graphql_schema.types.campuses")]
CarrierRef = Annotated["Carrier", strawberry.lazy("graphql_schema.types.carriers")]
CarrierFacilityRef = Annotated["CarrierFacility", strawberry.lazy("graphql_schema.types.carriers")]
ContactRef = Annotated["Contact", strawberry.lazy("graphql_schema.types.contacts")]
ExchangeRef = Annotated["Exchange", strawberry.lazy("graphql_schema.types.exchanges")]
PeeringLanRef = Annotated["PeeringLan", strawberry.lazy("graphql_schema.types.exchanges")]
PrefixRef = Annotated["Prefix", strawberry.lazy("graphql_schema.types.exchanges")]
ExchangeFacilityRef = Annotated["ExchangeFacility", strawberry.lazy("graphql_schema.types.facilities")]
FacilityRef = Annotated["Facility", strawberry.lazy("graphql_schema.types.facilities")]
NetworkFacilityRef = Annotated["NetworkFacility", strawberry.lazy("graphql_schema.types.facilities")]
NetworkRef = Annotated["Network", strawberry.lazy("graphql_schema.types.networks")]
OrganizationRef = Annotated["Organization", strawberry.lazy("graphql_schema.types.organizations")]
ExchangePortRef = Annotated["ExchangePort", strawberry.lazy("graphql_schema.types.ports")]

CampusPage = Connection[CampusRef]
CarrierPage = Connection[CarrierRef]
CarrierFacilityPage = Connection[CarrierFacilityRef]
ContactPage = Connection[ContactRef]
ExchangePage = Connection[ExchangeRef]
PeeringLanPage = Connection[PeeringLanRef]
PrefixPage = Connection[PrefixRef]
ExchangeFacilityPage = Connection[ExchangeFacilityRef]
FacilityPage = Connection[FacilityRef]
NetworkFacilityPage = Connection[NetworkFacilityRef]
NetworkPage = Connection[NetworkRef]
OrganizationPage = Connection[OrganizationRef]
ExchangePortPage = Connection[ExchangePortRef]

MODULES = {
    "org": ("organizations", "Organization"),
    "net": ("networks", "Network"),
    "ix": ("exchanges", "Exchange"),
    "ixlan": ("exchanges", "PeeringLan"),
    "ixpfx": ("exchanges", "Prefix"),
    "netixlan": ("ports", "ExchangePort"),
    "fac": ("facilities", "Facility"),
    "netfac": ("facilities", "NetworkFacility"),
    "ixfac": ("facilities", "ExchangeFacility"),
    "carrier": ("carriers", "Carrier"),
    "carrierfac": ("carriers", "CarrierFacility"),
    "campus": ("campuses", "Campus"),
    "poc": ("contacts", "Contact"),
}


def filter_reference(tag: str) -> Any:
    """The filter of a record type, by its tag."""
    module, name = MODULES[tag]
    filter_name = f"{name}Filter"
    return Annotated[filter_name, strawberry.lazy(f"graphql_schema.types.{module}")]


def order_reference(tag: str) -> Any:
    """The order of a record type, by its tag."""
    module, name = MODULES[tag]
    order_name = f"{name}Order"
    return Annotated[order_name, strawberry.lazy(f"graphql_schema.types.{module}")]
