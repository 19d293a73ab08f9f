"""Facility, and who is present there."""

from typing import Any

from graphql_schema.schema.fields import column, record, relation
from graphql_schema.schema.lookups import filter_for
from graphql_schema.schema.orders import order_for
from graphql_schema.schema.scalars import ASN
from graphql_schema.types.records import Addressed, Record
from portal.registry.choices import Continent, Property, Voltage
from portal.registry.facilities import EXCHANGE_FACILITY, FACILITY, NETWORK_FACILITY


@record(FACILITY)
class Facility(Addressed):
    """A data centre."""

    clli: str = column("Its CLLI code.")
    rencode: str = column("Its RENCODE.")
    npanxx: str = column("Its NPA-NXX.")
    tech_email: str = column("Technical e-mail address.")
    tech_phone: str = column("Technical phone number.")
    sales_email: str = column("E-mail address for sales.")
    sales_phone: str = column("Phone number for sales.")
    property: Property | None = column("Whether its operator owns the building.")
    diverse_serving_substations: bool | None = column("Whether several substations serve it; null where undisclosed.")
    available_voltage_services: list[Voltage] = column("The power it offers.")
    region_continent: Continent | None = column("Its region, which follows from the country.")
    status_dashboard: str = column("Address of its status page.")
    net_count: int = column("How many networks are present; 0 if none.")
    ix_count: int = column("How many exchanges are present; 0 if none.")
    carrier_count: int = column("How many carriers are present; 0 if none.")

    organization: Any = relation("Who owns it.")
    campus: Any = relation("The campus it belongs to; null without one.")
    networks: Any = relation("The networks present.")
    exchanges: Any = relation("The exchanges present.")
    carriers: Any = relation("The carriers present.")
    network_side_ports: Any = relation("The ports whose network's equipment stands there.")
    exchange_side_ports: Any = relation("The ports whose exchange's equipment stands there.")


@record(NETWORK_FACILITY)
class NetworkFacility(Record):
    """A network's presence at a facility."""

    local_asn: ASN | None = column("The ASN it uses there; null where unstated, also where PeeringDB has 0.")

    network: Any = relation("The network.")
    facility: Any = relation("The facility.")


@record(EXCHANGE_FACILITY)
class ExchangeFacility(Record):
    """An exchange's presence at a facility."""

    exchange: Any = relation("The exchange.")
    facility: Any = relation("The facility.")


FacilityFilter = filter_for(Facility)
FacilityOrder = order_for(Facility)
NetworkFacilityFilter = filter_for(NetworkFacility)
NetworkFacilityOrder = order_for(NetworkFacility)
ExchangeFacilityFilter = filter_for(ExchangeFacility)
ExchangeFacilityOrder = order_for(ExchangeFacility)
