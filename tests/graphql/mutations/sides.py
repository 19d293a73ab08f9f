"""One record of each type, three times: two sets are Example Org's, so that a grant may list one of them, the third is Other Org's."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.db.session import lock, next_id
from portal.registry.carriers import Carrier
from portal.registry.choices import ContactRole
from portal.registry.types import RECORDS
from tests.people import People
from tests.registry import NOWHERE, Records

Side = Mapping[str, int]  # tag → id; "number", and the "common" places of all


def add_sides(session: Session, people: People, records: Records) -> tuple[Side, Side, Side]:
    lock(session)
    strangers = {owner: next_id(session) for owner in (people.ours, people.theirs)}
    for owner, identity in strangers.items():
        session.add(Carrier(id=identity, organization_id=owner, name=f"Carrier {identity}"))
    sides = [
        add_side(session, number, owner, strangers[other], records)
        for number, (owner, other) in enumerate(
            ((people.ours, people.theirs), (people.ours, people.theirs), (people.theirs, people.ours)), 1
        )
    ]
    session.commit()
    return sides[0], sides[1], sides[2]


def add_side(session: Session, number: int, owner: int, stranger: int, records: Records) -> Side:
    ids = {"org": owner, "number": number, "common ixlan": records["lan"], "common fac": records["fac"]}

    def add(short: str, /, **values: Any) -> None:
        ids[short] = next_id(session)
        model: Any = RECORDS[short.rpartition(" ")[2]]
        session.add(model(id=ids[short], **values))
        session.flush()

    common: dict[str, Any] = {"organization_id": owner, "name": f"Side {number}"}
    add("campus", **common)
    add("fac", **common, country="DE", campus_id=ids["campus"], **NOWHERE)
    add("second fac", **common | {"name": f"Second of {number}"}, campus_id=ids["campus"], **NOWHERE)
    add("net", **common, asn=64600 + number)
    add("poc", network_id=ids["net"], role=ContactRole.NOC.value, email="noc@example.net")
    add("other poc", network_id=ids["net"], role=ContactRole.NOC.value, email="noc@example.net")
    add("netfac", network_id=ids["net"], facility_id=records["fac"])
    add("ix", **common, country="DE", tech_email="noc@example.net")
    add("ixlan", exchange_id=ids["ix"])
    add("ixpfx", peering_lan_id=ids["ixlan"], prefix=f"203.0.113.{16 * number}/28", protocol="IPv4")
    add("ixfac", exchange_id=ids["ix"], facility_id=records["fac"])
    add("bare ix", **common | {"name": f"Bare {number}"}, tech_email="noc@example.net")
    add("bare ixlan", exchange_id=ids["bare ix"])
    add("pending ix", **common | {"name": f"Pending {number}"}, tech_email="noc@example.net", status="pending")
    add("pending ixlan", exchange_id=ids["pending ix"])
    add("pending ixpfx", peering_lan_id=ids["pending ixlan"], prefix=f"192.0.2.{16 * (number - 3) % 256}/28", protocol="IPv4")
    add("pending campus", **common | {"name": f"Pending {number}"}, status="pending")
    add("deleted fac", **common | {"name": f"Deleted {number}"}, status="deleted", **NOWHERE)
    add("port ix", **common | {"name": f"With ports {number}"}, tech_email="noc@example.net")
    add("port ixlan", exchange_id=ids["port ix"])
    port = {"network_id": ids["net"], "asn": 64600 + number, "speed": 1000, "ipaddr4": f"198.51.100.{100 + number}"}
    add("netixlan", exchange_id=ids["port ix"], peering_lan_id=ids["port ixlan"], **port)
    add("carrier", **common)
    add("carrierfac", carrier_id=ids["carrier"], facility_id=records["fac"])
    add("pending carrierfac", carrier_id=stranger, facility_id=ids["fac"], status="pending")
    return ids
