"""The 13 types, parents before children: what the organizations' files say, and what follows from it."""

from typing import Any

from portal.demo.builder import Builder, Row, read
from portal.demo.contacts import add_contacts
from portal.demo.exchanges import Lan, add_exchange
from portal.demo.ports import add_ports
from portal.registry.campuses import Campus
from portal.registry.carriers import Carrier, CarrierFacility
from portal.registry.facilities import Facility, NetworkFacility
from portal.registry.networks import Network
from portal.registry.organizations import Organization

# The first one is the demo admin's own.
ORGANIZATIONS = (
    "northlight",
    "fjordlink",
    "emeraude",
    "laka",
    "shinonome",
    "cordillera",
    "seegarten",
    "harbour",
    "prairie",
    "savanna",
    "aegir",
    "aigaio",
)
Plans = dict[str, dict[str, list[Row]]]


def add_records(builder: Builder) -> None:
    plans = {name: read(f"organizations/{name}") for name in ORGANIZATIONS}
    for name, plan in plans.items():
        builder.add(Organization, name, **plan["org"][0])
    for organization_id, row in rows(builder, plans, "campus"):
        builder.add(Campus, organization_id=organization_id, **row)
    for organization_id, row in rows(builder, plans, "fac"):
        campus = row.pop("campus", None)
        builder.add(Facility, organization_id=organization_id, campus_id=builder.ids[campus] if campus else None, **row)
    lans = {row["key"]: add_exchange(builder, organization_id, row) for organization_id, row in rows(builder, plans, "ix")}
    for organization_id, row in rows(builder, plans, "net"):
        add_network(builder, organization_id, row, lans)
    for organization_id, row in rows(builder, plans, "carrier"):
        add_carrier(builder, organization_id, row)


def rows(builder: Builder, plans: Plans, tag: str) -> list[tuple[int, Row]]:
    """(organization's id, row) of a type, in the order of the files."""
    return [(builder.ids[name], row) for name, plan in plans.items() for row in plan.get(tag, [])]


def add_network(builder: Builder, organization_id: int, row: Row, lans: dict[str, Lan]) -> None:
    facilities, ports, domain = row.pop("facilities", []), row.pop("ports", {}), row.pop("domain")
    kinds = row["info_types"]
    common: dict[str, Any] = {"website": f"https://{domain}", "info_type": kinds[0], "info_ipv6": True} | row
    key = f"AS{row['asn']}"
    network_id = builder.add(Network, key, organization_id=organization_id, **common)
    for name in facilities:
        builder.add(NetworkFacility, network_id=network_id, facility_id=builder.ids[name], local_asn=row["asn"])
    add_contacts(builder, network_id, common, domain)
    add_ports(builder, network_id, common, ports, facilities, lans)


def add_carrier(builder: Builder, organization_id: int, row: Row) -> None:
    present, pending = row.pop("facilities"), row.pop("asked")
    carrier_id = builder.add(Carrier, organization_id=organization_id, **row)
    for name in (*present, *pending):
        status = "pending" if name in pending else "ok"
        builder.add(CarrierFacility, carrier_id=carrier_id, facility_id=builder.ids[name], status=status)
