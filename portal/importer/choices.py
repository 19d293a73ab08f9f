"""Words of a file that PeeringDB's choices don't have: kept as they are, and counted. (`directory/words.py` is the table of choices.)"""

from enum import Enum
from typing import Any

from portal.directory import words

CHOICES: dict[str, dict[str, type[Enum]]] = {
    "net": {
        "info_type": words.NetworkType,
        "info_types": words.NetworkType,
        "info_traffic": words.Traffic,
        "info_ratio": words.Ratio,
        "info_scope": words.Scope,
        "policy_general": words.Policy,
        "policy_locations": words.PolicyLocations,
        "policy_contracts": words.PolicyContracts,
    },
    "poc": {"role": words.ContactRole, "visible": words.Visibility},
    "ix": {"region_continent": words.Continent, "service_level": words.ServiceLevel, "terms": words.Terms},
    "ixlan": {"ixf_ixp_member_list_url_visible": words.Visibility},
    "fac": {"property": words.Property, "available_voltage_services": words.Voltage, "region_continent": words.Continent},
}
KNOWN = {tag: {field: frozenset(words.names(choice)) for field, choice in fields.items()} for tag, fields in CHOICES.items()}


def unknown_words(tag: str, field: str, value: Any) -> list[str]:
    """Of a value, one word or a list; nothing is "unstated"."""
    return [word for word in (value if isinstance(value, list) else [value]) if word and word not in KNOWN[tag][field]]
