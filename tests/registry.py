"""A small registry of two organizations that meet at one exchange, with contacts of every visibility."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.db.session import lock, next_id
from portal.registry.contacts import Contact
from portal.registry.exchanges import Exchange, PeeringLan, Prefix
from portal.registry.facilities import ExchangeFacility, Facility, NetworkFacility
from portal.registry.networks import Network
from portal.registry.ports import ExchangePort
from tests.people import People


@dataclass(frozen=True)
class Records:
    """Ids by a short name: `net` AS64500 and `second` AS64501 are Example Org's, `other` AS64510 and `ix` are Other Org's."""

    ids: dict[str, int]

    def __getitem__(self, name: str) -> int:
        return self.ids[name]


def add_records(session: Session, people: People) -> Records:
    lock(session)
    ids: dict[str, int] = {}

    def add(short: str, model: type, /, **values: Any) -> None:
        ids[short] = next_id(session)
        session.add(model(id=ids[short], **values))
        session.flush()

    add("net", Network, organization_id=people.ours, asn=64500, name="Example Net", policy_general="Open", notes_private="only ours")
    add("second", Network, organization_id=people.ours, asn=64501, name="Éxample Łabs", policy_general="Selective")
    add("other", Network, organization_id=people.theirs, asn=64510, name="Other Net", policy_general="Open", notes_private="only theirs")
    add("waiting", Network, organization_id=people.ours, asn=64502, name="Waiting Net", status="pending")
    add("gone", Network, organization_id=people.ours, asn=64503, name="Gone Net", status="deleted")
    add("fac", Facility, organization_id=people.theirs, name="Example House", city="Zürich", country="CH", campus_id=None, **NOWHERE)
    add("ix", Exchange, organization_id=people.theirs, name="EX-IX", city="Zürich", country="CH", tech_email="noc@ix.example.net")
    add("lan", PeeringLan, exchange_id=ids["ix"], mtu=1500, ixf_ixp_member_list_url="https://ix.example.net/members.json")
    add("v4", Prefix, peering_lan_id=ids["lan"], prefix="198.51.100.0/24", protocol="IPv4")
    add("v6", Prefix, peering_lan_id=ids["lan"], prefix="2001:db8:1::/64", protocol="IPv6")
    for number, (name, asn) in enumerate({"net": 64500, "second": 64501, "other": 64510}.items(), 1):
        lan = {"exchange_id": ids["ix"], "peering_lan_id": ids["lan"]}
        addresses = {"ipaddr4": f"198.51.100.{number}", "ipaddr6": f"2001:db8:1::{number}"}
        add(f"{name} port", ExchangePort, network_id=ids[name], asn=asn, speed=10_000 * number, **lan, **addresses)
        for visible in ("Public", "Users", "Private"):
            person = {"name": f"{visible} person of AS{asn}", "email": f"{visible.lower()}@as{asn}.example.net"}
            add(f"{name} {visible}", Contact, network_id=ids[name], role="NOC", visible=visible, **person)
    add("presence", NetworkFacility, network_id=ids["net"], facility_id=ids["fac"], local_asn=64500)
    add("ix presence", ExchangeFacility, exchange_id=ids["ix"], facility_id=ids["fac"])
    session.commit()
    return Records(ids)


NOWHERE: dict[str, Any] = {"latitude": None, "longitude": None}
