"""How networks should be, as applyNetworks is given it."""

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry
from sqlalchemy.orm import Session
from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from graphql_schema.engine.node_ids import read_id
from graphql_schema.mutations.inputs import annotation_of, describe_input, plain
from graphql_schema.schema.scalars import ASN
from graphql_schema.types.contacts import Contact
from graphql_schema.types.facilities import NetworkFacility
from graphql_schema.types.ports import ExchangePort
from portal.access.principal import Principal
from portal.errors import Invalid
from portal.registry.description import RecordType
from portal.registry.write.declare.apply_networks import GivenNetwork
from portal.registry.write.place import find_network

SECTIONS: Mapping[str, Any] = {"ports": ExchangePort, "facilities": NetworkFacility, "contacts": Contact}
EXTRA: Mapping[str, Mapping[str, tuple[Any, str]]] = {  # what an entry can name a record by, instead of an id
    "ports": {"exchange_id": (strawberry.ID, "The exchange, as ix:26, where the address alone doesn't tell the peering LAN.")},
    "facilities": {"name": (str, "The facility's name, instead of facilityId.")},
    "contacts": {},
}


def entry_input(section: str, record: Any) -> Any:
    """`ApplyExchangePortInput`: a record as it should be. What an entry leaves out stays as it is."""
    kind: RecordType = record.__record_type__
    annotations, fields = dict[str, Any](), dict[str, Any]()
    for column, editable in kind.editable.items():
        if column != kind.owner:
            annotations[column] = annotation_of(record, kind, column, editable) | None
            fields[column] = strawberry.field(default=UNSET, description=describe_input(record, kind, column))
    for name, (annotation, description) in EXTRA[section].items():
        annotations[name], fields[name] = annotation | None, strawberry.field(default=UNSET, description=description)
    cls = type(f"Apply{record.__name__}Input", (), {"__annotations__": annotations, "__module__": __name__, **fields})
    return strawberry.input(cls, description="A record as it should be; what is left out of one that is there stays as it is.")


def network_input() -> type:
    annotations: dict[str, Any] = {"id": strawberry.ID | None, "asn": ASN | None}
    texts = {"id": "As net:20 or 20.", "asn": "Its autonomous system number, instead of the id."}
    for section, record in SECTIONS.items():
        annotations[section] = list.__class_getitem__(entry_input(section, record)) | None
        texts[section] = f"All its {section}: others are deleted. Leave it out to leave them alone."
    fields = {name: strawberry.field(default=UNSET, description=text) for name, text in texts.items()}
    cls = type("ApplyNetworkInput", (), {"__annotations__": annotations, "__module__": __name__, **fields})
    return strawberry.input(cls, description="How one network should be.")


def read_network(session: Session, principal: Principal, entry: Mapping[str, Any], place: int) -> GivenNetwork:
    """Raises Invalid for none or both of id and asn, and NotFound."""
    names = [name for name in ("id", "asn") if entry.get(name) is not None]
    if len(names) != 1:
        raise Invalid("Give exactly one of id and asn.", f"input[{place}].id")
    sections = {name: read_entries(name, entry[name], place) for name in SECTIONS if entry.get(name) is not None}
    if names[0] == "id":
        number = read_id("net", entry["id"], f"input[{place}].id")
        return GivenNetwork(number, f"net:{number}", sections, (str(place),))
    return GivenNetwork(find_network(session, principal, entry["asn"]), f"AS{entry['asn']}", sections, (str(place),))


def read_entries(section: str, entries: Sequence[Mapping[str, Any]], place: int) -> list[dict[str, Any]]:
    kind: RecordType = SECTIONS[section].__record_type__
    names = {to_camel_case(column): column for column in kind.editable}
    rows = []
    for number, entry in enumerate(entries):
        row = {names[name]: plain(kind, names[name], value) for name, value in entry.items() if name in names}
        if entry.get("exchangeId") is not None:
            row["exchange_id"] = read_id("ix", entry["exchangeId"], f"input[{place}].{section}[{number}].exchangeId")
        if "name" in EXTRA[section] and entry.get("name") is not None:
            row["name"] = entry["name"]
        rows.append(row)
    return rows
