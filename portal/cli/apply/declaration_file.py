"""A declaration of networks in YAML: every scalar is read as text first, so that NO is Norway and 10:30 no number of seconds."""

from collections.abc import Mapping, Set
from typing import Any

import yaml

from portal.errors import Invalid
from portal.registry.contacts import CONTACT
from portal.registry.description import RecordType
from portal.registry.editable import Editable
from portal.registry.facilities import NETWORK_FACILITY
from portal.registry.ports import PORT
from portal.registry.types import TYPES
from portal.registry.write.declare.sections import SECTIONS
from portal.whole_numbers import read_number

NOTHING = ("", "~", "null")
FLAGS = {"true": True, "false": False}
NAMES: Mapping[str, Mapping[str, str]] = {  # what an entry can hold beside its record's columns → the tag whose id it is
    PORT.tag: {"exchange_id": "ix"},
    NETWORK_FACILITY.tag: {"name": ""},
    CONTACT.tag: {},
}
SECTION_KINDS = {section.name: section.kind for section in SECTIONS}


def read_file(text: str) -> list[dict[str, Any]]:
    """Returns each network as {asn, ports, facilities, contacts}. Raises Invalid with the place of what is wrong."""
    try:
        content = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it makes texts, lists and mappings alone
    except yaml.YAMLError as error:
        raise Invalid(f"This isn't YAML: {' '.join(str(error).split())}") from None
    networks = content.get("networks") if isinstance(content, dict) else None
    if not isinstance(networks, list) or not networks:
        raise Invalid("The file needs a list named networks, each with its asn and with ports, facilities or contacts.")
    return [read_network(network, f"networks[{place}]") for place, network in enumerate(networks)]


def read_network(given: Any, path: str) -> dict[str, Any]:
    check_names(given, {"asn", *SECTION_KINDS}, path)
    asn = read_number(str(given.get("asn", "")).upper().removeprefix("AS"))
    if asn is None:
        raise Invalid("Give the network's ASN, such as 64500.", f"{path}.asn")
    sections = {name: given[name] for name in SECTION_KINDS if name in given}
    for name, entries in sections.items():
        if not isinstance(entries, list):
            raise Invalid("This must be a list; an empty one is [].", f"{path}.{name}")
        sections[name] = [read_entry(SECTION_KINDS[name], entry, f"{path}.{name}[{place}]") for place, entry in enumerate(entries)]
    return {"asn": asn, **sections}


def read_entry(kind: RecordType, given: Any, path: str) -> dict[str, Any]:
    """Names are those of the API or PeeringDB's: isRsPeer and is_rs_peer are the same."""
    columns = [name for name in (*kind.editable, *NAMES[kind.tag]) if name != kind.owner]
    names = {name: name for name in columns} | {camel_case(name): name for name in columns}
    check_names(given, names.keys(), path)
    return {names[name]: read_value(kind, names[name], value, f"{path}.{name}") for name, value in given.items()}


def camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def check_names(given: Any, names: Set[str], path: str) -> None:
    """Raises Invalid for what is no mapping, and for a name that isn't known: a typing error must not empty anything."""
    if not isinstance(given, dict):
        raise Invalid("This must be a mapping of names and values.", path)
    unknown = sorted(given.keys() - names)
    if unknown:
        raise Invalid(f"{unknown[0]} isn't a known name. Use one of {', '.join(sorted(names))}.", path)


def read_value(kind: RecordType, name: str, value: Any, path: str) -> Any:
    if name in NAMES[kind.tag]:
        return read_reference(NAMES[kind.tag][name], value, path)
    editable = kind.editable[name]
    if kind.table.c[name].foreign_keys:
        tags = {other.table.name: tag for tag, other in TYPES.items()}
        (key,) = kind.table.c[name].foreign_keys
        return None if value in NOTHING else read_reference(tags[key.column.table.name], value, path)
    return value if isinstance(value, list | dict) else typed(editable, value)


def read_reference(tag: str, value: Any, path: str) -> Any:
    """Returns the number in `fac:20` or 20; a name stays a text."""
    if not tag:
        return value
    number = read_number(str(value).removeprefix(f"{tag}:"))
    if number is None:
        raise Invalid(f"Give an id, such as {tag}:20.", path)
    return number


def typed(editable: Editable, text: str) -> Any:
    """Returns the text as the column's type, as far as it is one: what isn't is refused where the value is checked."""
    if text in NOTHING:
        return None if editable.nullable or editable.type is not str else ""
    if editable.type is bool:
        return FLAGS.get(text.lower(), text)
    if editable.type is int:
        number = read_number(text)
        return text if number is None else number
    return text
