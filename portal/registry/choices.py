"""The choices of PeeringDB's text columns: our name for machines, PeeringDB's text as the value.

A raw text that isn't listed is kept as it came and reads as null; "" and "Not Disclosed" both read as NOT_DISCLOSED. What older releases
of PeeringDB wrote (`OLDER_TEXTS`) reads as today's choice.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any

UNDISCLOSED = "Not Disclosed"


class Status(Enum):
    """A record's own state."""

    OK = "ok"
    PENDING = "pending"
    DELETED = "deleted"


class Source(Enum):
    """Who is the authority for a record."""

    IMPORT = "import"
    HERE = "here"


class Policy(Enum):
    """A network's general peering policy."""

    OPEN = "Open"
    SELECTIVE = "Selective"
    RESTRICTIVE = "Restrictive"
    NO = "No"
    NOT_DISCLOSED = UNDISCLOSED


class PolicyLocations(Enum):
    """Whether peering in several locations is required."""

    NOT_REQUIRED = "Not Required"
    PREFERRED = "Preferred"
    REQUIRED_US = "Required - US"
    REQUIRED_EU = "Required - EU"
    REQUIRED_INTERNATIONAL = "Required - International"
    NOT_DISCLOSED = UNDISCLOSED


class PolicyContracts(Enum):
    """Whether a contract is required."""

    NOT_REQUIRED = "Not Required"
    PRIVATE_ONLY = "Private Only"
    REQUIRED = "Required"
    NOT_DISCLOSED = UNDISCLOSED


class NetworkType(Enum):
    """What a network is for."""

    NSP = "NSP"
    CONTENT = "Content"
    CABLE_DSL_ISP = "Cable/DSL/ISP"
    ENTERPRISE = "Enterprise"
    EDUCATIONAL_RESEARCH = "Educational/Research"
    NON_PROFIT = "Non-Profit"
    ROUTE_SERVER = "Route Server"
    NETWORK_SERVICES = "Network Services"
    ROUTE_COLLECTOR = "Route Collector"
    GOVERNMENT = "Government"
    NOT_DISCLOSED = UNDISCLOSED


class Traffic(Enum):
    """A network's traffic, as a band of bits per second."""

    MBPS_0_20 = "0-20Mbps"
    MBPS_20_100 = "20-100Mbps"
    MBPS_100_1000 = "100-1000Mbps"
    GBPS_1_5 = "1-5Gbps"
    GBPS_5_10 = "5-10Gbps"
    GBPS_10_20 = "10-20Gbps"
    GBPS_20_50 = "20-50Gbps"
    GBPS_50_100 = "50-100Gbps"
    GBPS_100_200 = "100-200Gbps"
    GBPS_200_300 = "200-300Gbps"
    GBPS_300_500 = "300-500Gbps"
    GBPS_500_1000 = "500-1000Gbps"
    TBPS_1_5 = "1-5Tbps"
    TBPS_5_10 = "5-10Tbps"
    TBPS_10_20 = "10-20Tbps"
    TBPS_20_50 = "20-50Tbps"
    TBPS_50_100 = "50-100Tbps"
    TBPS_100_PLUS = "100+Tbps"
    NOT_DISCLOSED = UNDISCLOSED


class Ratio(Enum):
    """The balance of a network's traffic."""

    HEAVY_OUTBOUND = "Heavy Outbound"
    MOSTLY_OUTBOUND = "Mostly Outbound"
    BALANCED = "Balanced"
    MOSTLY_INBOUND = "Mostly Inbound"
    HEAVY_INBOUND = "Heavy Inbound"
    NOT_DISCLOSED = UNDISCLOSED


class GeographicScope(Enum):
    """Where a network is."""

    REGIONAL = "Regional"
    NORTH_AMERICA = "North America"
    ASIA_PACIFIC = "Asia Pacific"
    EUROPE = "Europe"
    SOUTH_AMERICA = "South America"
    AFRICA = "Africa"
    AUSTRALIA = "Australia"
    MIDDLE_EAST = "Middle East"
    GLOBAL = "Global"
    NOT_DISCLOSED = UNDISCLOSED


class Continent(Enum):
    """PeeringDB's region, which follows from the country."""

    NORTH_AMERICA = "North America"
    ASIA_PACIFIC = "Asia Pacific"
    EUROPE = "Europe"
    SOUTH_AMERICA = "South America"
    AFRICA = "Africa"
    AUSTRALIA = "Australia"
    MIDDLE_EAST = "Middle East"
    NOT_DISCLOSED = UNDISCLOSED


class ContactRole(Enum):
    """What a contact is for; peering contacts stand under POLICY."""

    ABUSE = "Abuse"
    MAINTENANCE = "Maintenance"
    POLICY = "Policy"
    TECHNICAL = "Technical"
    NOC = "NOC"
    PUBLIC_RELATIONS = "Public Relations"
    SALES = "Sales"


class Audience(Enum):
    """Who may see it: everybody, users of the registry, or the own organization only."""

    PUBLIC = "Public"
    USERS = "Users"
    PRIVATE = "Private"


class ServiceLevel(Enum):
    """What service an exchange gives."""

    BEST_EFFORT = "Best Effort (no SLA)"
    BUSINESS_HOURS = "Normal Business Hours"
    SUPPORT_24_7 = "24/7 Support"
    NOT_DISCLOSED = UNDISCLOSED


class Terms(Enum):
    """What an exchange costs."""

    NO_COMMERCIAL_TERMS = "No Commercial Terms"
    BUNDLED = "Bundled With Other Services"
    NON_RECURRING_FEES = "Non-recurring Fees Only"
    RECURRING_FEES = "Recurring Fees"
    NOT_DISCLOSED = UNDISCLOSED


class Property(Enum):
    """Whether a facility's operator owns the building."""

    OWNER = "Owner"
    LESSEE = "Lessee"
    NOT_DISCLOSED = UNDISCLOSED


class Voltage(Enum):
    """The power a facility offers."""

    VDC_48 = "48 VDC"
    VAC_400 = "400 VAC"
    VAC_480 = "480 VAC"
    NO_POWER = "No Power"


class Protocol(Enum):
    """A prefix's address family."""

    IPV4 = "IPv4"
    IPV6 = "IPv6"


# An open band counts as the band that begins where it does.
OLDER_TEXTS: Mapping[Enum, tuple[str, ...]] = {
    Traffic.MBPS_0_20: ("0-20 Mbps",),
    Traffic.MBPS_20_100: ("20-100 Mbps",),
    Traffic.MBPS_100_1000: ("100-1000 Mbps",),
    Traffic.GBPS_1_5: ("1-5 Gbps",),
    Traffic.GBPS_5_10: ("5-10 Gbps",),
    Traffic.GBPS_10_20: ("10-20 Gbps",),
    Traffic.GBPS_20_50: ("20-50 Gbps",),
    Traffic.GBPS_50_100: ("50-100 Gbps",),
    Traffic.GBPS_100_200: ("100-200 Gbps", "100+ Gbps"),
    Traffic.GBPS_200_300: ("200-300 Gbps",),
    Traffic.GBPS_300_500: ("300-500 Gbps",),
    Traffic.GBPS_500_1000: ("500-1000 Gbps",),
    Traffic.TBPS_1_5: ("1 Tbps+",),
    Traffic.TBPS_10_20: ("10 Tbps+",),
    Traffic.TBPS_100_PLUS: ("100 Tbps+",),
}
# Choices in an order that can be compared by: as they are listed, apart from NOT_DISCLOSED, which is neither less nor more.
ORDERED: frozenset[type[Enum]] = frozenset({Traffic})


def raw_texts(member: Enum) -> list[str]:
    """The texts that stand in the column for a choice."""
    return [member.value, *([""] if member.value == UNDISCLOSED else OLDER_TEXTS.get(member, ()))]


def names(choices: type[Enum]) -> Mapping[Any, str]:
    """PeeringDB's text → our name."""
    return {text: member.name for member in choices for text in raw_texts(member)}
