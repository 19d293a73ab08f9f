"""The directory's words as GraphQL enums: our name, with PeeringDB's text in the description."""

from enum import Enum
from typing import Any, cast

import strawberry

from portal.registry import choices as words

ENUMS: dict[type[Enum], str] = {
    words.Status: "status",
    words.Policy: "net.policy_general",
    words.PolicyLocations: "net.policy_locations",
    words.PolicyContracts: "net.policy_contracts",
    words.NetworkType: "net.info_types",
    words.Traffic: "net.info_traffic",
    words.Ratio: "net.info_ratio",
    words.GeographicScope: "net.info_scope",
    words.Continent: "region_continent",
    words.ContactRole: "poc.role",
    words.Audience: "visible",
    words.ServiceLevel: "ix.service_level",
    words.Terms: "ix.terms",
    words.Property: "fac.property",
    words.Voltage: "fac.available_voltage_services",
    words.Protocol: "ixpfx.protocol",
}
NAMES: dict[type[Enum], str] = {words.GeographicScope: "Scope", words.Audience: "Visibility"}


def graphql_name(choices: type[Enum]) -> str:
    """The enum's name in the schema, which stays where Python's had to give way to another meaning of the word."""
    return NAMES.get(choices, choices.__name__)


def describe(choices: type[Enum], source: str) -> None:
    """Makes the enum known to Strawberry, each value with the text that PeeringDB writes."""
    strawberry.enum(choices, name=graphql_name(choices), description=f"{choices.__doc__} PeeringDB: {source}.")
    for value in cast(Any, choices).__strawberry_definition__.values:
        value.description = f"PeeringDB: {value.value!r}" + (' or "".' if value.value == words.UNDISCLOSED else ".")


for _choices, _source in ENUMS.items():
    describe(_choices, _source)
