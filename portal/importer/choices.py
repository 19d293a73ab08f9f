"""PeeringDB's own words for fields with a fixed choice, by type and field. Another word is kept as it is, and counted."""

from typing import Any

CONTINENTS = ("North America", "Asia Pacific", "Europe", "South America", "Africa", "Australia", "Middle East")
VISIBILITIES = ("Public", "Users", "Private")
NETWORK_TYPES = (
    "NSP",
    "Content",
    "Cable/DSL/ISP",
    "Enterprise",
    "Educational/Research",
    "Non-Profit",
    "Route Server",
    "Network Services",
    "Route Collector",
    "Government",
)
TRAFFIC = (
    "0-20Mbps",
    "20-100Mbps",
    "100-1000Mbps",
    "1-5Gbps",
    "5-10Gbps",
    "10-20Gbps",
    "20-50Gbps",
    "50-100Gbps",
    "100-200Gbps",
    "200-300Gbps",
    "300-500Gbps",
    "500-1000Gbps",
    "1-5Tbps",
    "5-10Tbps",
    "10-20Tbps",
    "20-50Tbps",
    "50-100Tbps",
    "100+Tbps",
)
RATIOS = ("Not Disclosed", "Heavy Outbound", "Mostly Outbound", "Balanced", "Mostly Inbound", "Heavy Inbound")

CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "net": {
        "info_type": ("Not Disclosed", *NETWORK_TYPES),
        "info_types": NETWORK_TYPES,
        "info_traffic": ("Not Disclosed", *TRAFFIC),
        "info_ratio": RATIOS,
        "info_scope": ("Not Disclosed", "Regional", "Global", *CONTINENTS),
        "policy_general": ("Open", "Selective", "Restrictive", "No"),
        "policy_locations": ("Not Required", "Preferred", "Required - US", "Required - EU", "Required - International"),
        "policy_contracts": ("Not Required", "Private Only", "Required"),
    },
    "poc": {
        "role": ("Abuse", "Maintenance", "Policy", "Technical", "NOC", "Public Relations", "Sales"),
        "visible": VISIBILITIES,
    },
    "ix": {
        "region_continent": CONTINENTS,
        "media": ("Ethernet", "ATM", "Multiple"),
        "service_level": ("Not Disclosed", "Best Effort (no SLA)", "Normal Business Hours", "24/7 Support"),
        "terms": ("Not Disclosed", "No Commercial Terms", "Bundled With Other Services", "Non-recurring Fees Only", "Recurring Fees"),
    },
    "ixlan": {"ixf_ixp_member_list_url_visible": VISIBILITIES},
    "fac": {
        "property": ("Owner", "Lessee"),
        "available_voltage_services": ("48 VDC", "400 VAC", "480 VAC", "No Power"),
        "region_continent": CONTINENTS,
    },
}


def unknown_words(tag: str, field: str, value: Any) -> list[str]:
    """The words of a value, one or a list, that PeeringDB's choice for the field doesn't have; "" is "unstated"."""
    known = CHOICES[tag][field]
    return [word for word in (value if isinstance(value, list) else [value]) if word and word not in known]
