"""Words of a file that PeeringDB's choices don't have: kept as they are, and counted. (`directory/words.py` is the table of choices.)"""

from enum import Enum
from typing import Any

from portal.registry import choices

CHOICES: dict[str, dict[str, type[Enum]]] = {
    "net": {
        "info_type": choices.NetworkType,
        "info_types": choices.NetworkType,
        "info_traffic": choices.Traffic,
        "info_ratio": choices.Ratio,
        "info_scope": choices.GeographicScope,
        "policy_general": choices.Policy,
        "policy_locations": choices.PolicyLocations,
        "policy_contracts": choices.PolicyContracts,
    },
    "poc": {"role": choices.ContactRole, "visible": choices.Audience},
    "ix": {"region_continent": choices.Continent, "service_level": choices.ServiceLevel, "terms": choices.Terms},
    "ixlan": {"ixf_ixp_member_list_url_visible": choices.Audience},
    "fac": {"property": choices.Property, "available_voltage_services": choices.Voltage, "region_continent": choices.Continent},
}
KNOWN = {tag: {field: frozenset(choices.names(choice)) for field, choice in fields.items()} for tag, fields in CHOICES.items()}


def unknown_words(tag: str, field: str, value: Any) -> list[str]:
    """Of a value, one word or a list; nothing is "unstated"."""
    return [word for word in (value if isinstance(value, list) else [value]) if word and word not in KNOWN[tag][field]]
