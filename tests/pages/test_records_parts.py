"""What belongs to a record, by hand: ports, presences and contacts are added, edited and deleted; networks created, confirmed, deleted."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert, select, update

from portal.db.ip_bytes import address_bytes
from portal.db.session import lock
from portal.extensions import db
from portal.models import ImportDifference
from portal.registry.contacts import Contact
from portal.registry.facilities import NetworkFacility
from portal.registry.networks import Network
from portal.registry.ports import ExchangePort
from tests.browser import Browser, text
from tests.pages.forms import form_of
from tests.people import People
from tests.registry import Records

Visit = Callable[[str], Browser]


@pytest.fixture
def place(people: People, records: Records) -> str:
    return f"/organizations/{people.ours}/records"


@pytest.fixture
def page(place: str, records: Records) -> str:
    """Of AS64500."""
    return f"{place}/networks/{records['net']}"


def send(browser: Browser, url: str, **typed: str) -> str:
    """Fills in the form at the address and sends it; returns what the next page says."""
    form = form_of(browser.get(url)) | {name: [value] for name, value in typed.items()}
    return text(browser.client.post(url, data=form, follow_redirects=True))


def rows(app: Flask, model: Any, *conditions: Any) -> list[Any]:
    with app.app_context():
        found = list(db.session.scalars(select(model).where(*conditions).order_by(model.id)))
        db.session.expunge_all()
        return found


def test_a_networks_page_shows_what_belongs_to_it(visit: Visit, page: str) -> None:
    for name, acts in (("erin", True), ("bob", False)):
        said = text(visit(name).get(page))
        for words in (
            "Ports (1)",
            "EX-IX 198.51.100.1",
            "2001:db8:1::1",
            "10G",
            "Presences at facilities (1) ",
            "Example House Zürich, CH",
        ):
            assert words in said
        for words in ("Contacts (3)", "NOC Private person of AS64500 private@as64500.example.net – Our organization"):
            assert words in said
        assert ("Add a port" in said, "Delete network" in said, "Confirm as current" in said) == (acts, acts, acts)
        assert "History" not in said  # for who may read the activity


def add_ports(app: Flask, records: Records, number: int) -> None:
    common: dict[str, Any] = {
        "network_id": records["net"],
        "exchange_id": records["ix"],
        "peering_lan_id": records["lan"],
        "asn": 64500,
        "speed": 10_000,
    }
    with app.app_context():
        version = lock(db.session())
        common |= {
            "asn": 64500,
            "speed": 10_000,
            "changed": version,
            "ipaddr4": None,
            "ipaddr4_bytes": None,
            "net_side_id": None,
            "ix_side_id": None,
        }
        addresses = {900_000 + one: f"2001:db8:1::a:{one:x}" for one in range(number)}
        ports = [common | {"id": key, "ipaddr6": typed, "ipaddr6_bytes": address_bytes(typed)} for key, typed in addresses.items()]
        db.session.execute(insert(ExchangePort), ports)
        db.session.commit()


def count_statements(app: Flask, read: Callable[[], Any]) -> int:
    statements: list[str] = []

    def note(*call: Any) -> None:
        statements.append(call[2])

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        read()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(statements)


def test_pages_of_many_records_cost_as_many_statements_as_of_one(
    app: Flask, visit: Visit, people: People, records: Records, place: str, page: str
) -> None:
    erin = visit("erin")
    erin.get(place)
    few = [count_statements(app, partial(erin.get, url)) for url in (place, page)]
    add_ports(app, records, 299)
    with app.app_context():
        version = lock(db.session())
        common = {"organization_id": people.ours, "changed": version, "confirmed_at": None, "info_prefixes4": None, "info_prefixes6": None}
        networks = [common | {"id": 800_000 + one, "asn": 4_200_000_000 + one, "name": f"Many {one}"} for one in range(260)]
        db.session.execute(insert(Network), networks)
        db.session.commit()
    assert [count_statements(app, partial(erin.get, url)) for url in (place, page)] == few
    assert max(few) <= 12
    said, shown = text(erin.get(place)), text(erin.get(page))
    assert ("Networks (263)" in said, "Show all 263 networks" in said, "Many 259" in said) == (True, True, False)
    assert ("Ports (300)" in shown, "Show all 300 ports" in shown, shown.count("Edit port")) == (True, True, 250)
    assert text(erin.get(f"{page}?all=")).count("Edit port") == 300
    assert "Many 259" in text(erin.get(f"{place}?all="))


def test_a_port_is_added_by_its_address_edited_and_deleted(app: Flask, visit: Visit, records: Records, place: str, page: str) -> None:
    erin, new = visit("erin"), f"{place}/ports/new?below={records['net']}"
    assert "Add a port to AS64500 Example Net" in text(erin.get(new))
    assert "No exchange has a prefix that holds 192.0.2.9. Check the address" in send(erin, new, ipaddr4="192.0.2.9", speed="10000")
    assert "198.51.100.9 is outside the peering LAN" not in send(erin, new, ipaddr4="198.51.100.300", speed="10000")
    assert "Speed in Mbit/s: This can't be empty." in send(erin, new, ipaddr4="198.51.100.9", speed=" ")
    said = send(erin, new, ipaddr4="198.51.100.9", ipaddr6="2001:db8:1::9", speed="10,000", is_rs_peer="y")
    assert "Port 198.51.100.9 is created." in said
    (port,) = rows(app, ExchangePort, ExchangePort.ipaddr4 == "198.51.100.9")
    assert (port.speed, port.is_rs_peer, port.operational, port.asn, port.exchange_id) == (10_000, True, True, 64500, records["ix"])
    edit = f"{place}/ports/{port.id}/edit"
    assert "198.51.101.9 is outside the peering LAN. Give one inside 198.51.100.0/24." in send(erin, edit, ipaddr4="198.51.101.9")
    assert "netixlan:" in send(erin, edit, ipaddr4="198.51.100.2")  # another network's
    assert "Port 198.51.100.9 is changed." in send(erin, edit, speed="20000", ipaddr6="")
    assert "Delete port 198.51.100.9" in text(erin.get(f"{place}/ports/{port.id}/delete"))
    assert "Port 198.51.100.9 is deleted." in send(erin, f"{place}/ports/{port.id}/delete")
    said = text(visit("alice").get(page))
    for words in (
        f"Port {port.id}: created",
        f"Port {port.id}, Speed in Mbit/s: 10000 → 20000",
        f"Port {port.id}, IPv6 address: 2001:db8:1::9 → nothing",
        f"Port {port.id}: deleted",
    ):
        assert words in said


def test_a_presence_is_added_by_the_facilitys_name(app: Flask, visit: Visit, records: Records, place: str) -> None:
    erin, new = visit("erin"), f"{place}/network-facilities/new?below={records['second']}"
    assert "Enter the name or the id of a facility." in send(erin, new)
    assert 'There is no facility named "Nowhere". Check it, or enter its id.' in send(erin, new, place="Nowhere")
    assert "Presence at Example House is created." in send(erin, new, place="example house", local_asn="")
    assert [row.local_asn for row in rows(app, NetworkFacility, NetworkFacility.network_id == records["second"])] == [None]
    assert "has this network and facility already" in send(erin, new, place=f"fac:{records['fac']}")


def test_contacts_are_edited_and_the_last_one_that_peers_need_stays(app: Flask, visit: Visit, records: Records, place: str) -> None:
    erin = visit("erin")
    new = f"{place}/contacts/new?below={records['net']}"
    assert "A contact needs an e-mail address or a phone number." in send(erin, new, role="Sales", visible="Public")
    assert "Role: Choose one from the list." in send(erin, new, email="sales@example.net", visible="Public")
    said = send(erin, new, role="Sales", visible="Users", email="sales@example.net", phone="069 1234")
    assert "Sales contact is created." in said
    assert "Phone: This isn't an international phone number." in said
    private = f"{place}/contacts/{records['net Private']}/edit"
    assert "NOC contact is changed." in send(erin, private, name="Somebody else")
    assert rows(app, Contact, Contact.id == records["net Private"])[0].visible == "Private"
    assert "is deleted" in send(erin, f"{place}/contacts/{records['net Users']}/delete")
    said = text(erin.get(f"{place}/contacts/{records['net Public']}/delete"))
    assert "It can't be deleted now" in said
    assert "must keep a Technical, NOC or Policy contact" in said
    assert rows(app, Contact, Contact.id == records["net Public"])[0].status == "ok"
    assert "Somebody" not in text(visit("alice").get(f"{place}/networks/{records['net']}")).rpartition("History")[2]


def test_a_new_network_is_pending_and_its_asn_has_to_be_free(app: Flask, visit: Visit, place: str) -> None:
    erin, new = visit("erin"), f"{place}/networks/new"
    assert "An operator has to approve it." in text(erin.get(new))
    assert "has this ASN already: 64500." in send(erin, new, asn="AS64500", name="Twice")
    said = send(erin, new, asn="AS64511", name="Fresh Net", info_types="Content")
    assert "AS64511 Fresh Net is created. It is pending until an operator approves it." in said
    (row,) = rows(app, Network, Network.asn == 64511)
    assert (row.status, row.source, row.info_types, row.info_unicast) == ("pending", "here", ["Content"], True)
    assert "AS64511 Fresh Net Pending Kept here" in text(visit("bob").get(place))


def test_deleting_a_network_says_first_what_goes_along(app: Flask, visit: Visit, records: Records, place: str, page: str) -> None:
    erin = visit("erin")
    said = text(erin.get(f"{page}/delete"))
    for words in ("Delete AS64500 Example Net", "1 port", "1 presence at a facility", "3 contacts", "Its ASN stays reserved."):
        assert words in said
    form = form_of(erin.get(f"{page}/delete"))
    send(erin, f"{page}/edit", aka="changed meanwhile")
    answer = erin.client.post(f"{page}/delete", data=form)
    assert (answer.status_code, "This was changed in the meantime" in text(answer)) == (409, True)
    assert rows(app, Network, Network.id == records["net"])[0].status == "ok"
    assert "AS64500 Example Net is deleted." in send(erin, f"{page}/delete")
    assert rows(app, ExchangePort, ExchangePort.network_id == records["net"], ExchangePort.status != "deleted") == []
    assert erin.get(page).status_code == 404


def test_confirming_changes_no_version(app: Flask, visit: Visit, records: Records, page: str) -> None:
    answer = visit("erin").submit(f"{page}/confirm", page=page)
    assert "AS64500 Example Net is confirmed" in text(answer)
    (row,) = rows(app, Network, Network.id == records["net"])
    assert (row.confirmed_at is not None, row.version) == (True, 1)


def test_an_exchanges_prefixes_and_lans_are_edited_likewise(app: Flask, visit: Visit, people: People, records: Records) -> None:
    charlie, place = visit("charlie"), f"/organizations/{people.theirs}/records"
    said = text(charlie.get(f"{place}/exchanges/{records['ix']}"))
    for words in ("Peering LANs (1)", "Prefixes (2)", "198.51.100.0/24", "Presences at facilities (1)"):
        assert words in said
    assert "Prefix 192.0.2.0/24 is created." in send(charlie, f"{place}/prefixes/new?below={records['lan']}", prefix="192.0.2.0/24")
    assert "1500 or 9000" in send(charlie, f"{place}/lans/{records['lan']}/edit", mtu="1600")
    assert "is changed." in send(charlie, f"{place}/lans/{records['lan']}/edit", mtu="9000")
    said = text(charlie.get(f"{place}/exchanges/{records['ix']}/delete"))
    assert "1 presence of exchanges relies on it. Delete or move it first." in said
    assert "ports rely on it. Delete or move them first." in said


def test_who_only_looks_or_belongs_elsewhere_adds_and_deletes_nothing(visit: Visit, people: People, records: Records, place: str) -> None:
    urls = [f"{place}/ports/new?below={records['net']}", f"{place}/ports/{records['net port']}/delete", f"{place}/networks/new"]
    for name, status in (("bob", 403), ("charlie", 404), ("olga", 404)):
        assert [visit(name).get(url).status_code for url in urls] == [status] * 3
    erin = visit("erin")
    for url in (
        f"{place}/ports/new?below={records['other']}",
        f"{place}/ports/{records['other port']}/edit",
        f"{place}/ports/new",
        f"{place}/carriers/new",
        f"{place}/ports/{records['net port']}",
        f"{place}/ports/{records['net port']}/keep",
    ):
        assert erin.get(url).status_code == 404, url


def test_what_follows_the_import_has_no_forms(app: Flask, visit: Visit, records: Records, place: str, page: str) -> None:
    with app.app_context():
        lock(db.session())
        db.session.execute(update(Network).where(Network.id == records["net"]).values(source="import"))
        db.session.commit()
    erin = visit("erin")
    said = text(erin.get(page))
    assert ("Keep records here" in said, "Add a port" in said, "Edit port" in said, "Confirm as current" in said) == (
        True,
        False,
        False,
        True,
    )
    port = f"{place}/ports/{records['net port']}"
    for url in (f"{port}/edit", f"{port}/delete", f"{place}/ports/new?below={records['net']}", f"{page}/delete"):
        assert "follows the import" in text(erin.get(url))


def test_a_record_goes_back_to_the_import_after_a_page_that_says_what_changes(
    app: Flask, visit: Visit, people: People, place: str, page: str
) -> None:
    alice = visit("alice")
    assert "was created here, so the import has no record that it could follow" in text(alice.get(f"{page}/follow"))
    assert "Follow the import" not in text(alice.get(page))
    with app.app_context():
        lock(db.session())
        unstated: dict[str, Any] = {"info_prefixes4": 20, "info_prefixes6": None, "confirmed_at": None}
        db.session.add(Network(id=20, organization_id=people.ours, asn=64499, name="From the file", aka="ours", **unstated))
        db.session.add(
            ImportDifference(record_type="net", record_id=20, field="info_prefixes4", object_type="net", object_id=20, imported=30)
        )
        db.session.commit()
    said = text(alice.get(f"{place}/networks/20"))
    for words in ("Follow the import", "What the import says", "IPv4 prefix limit 20 30"):
        assert words in said
    said = text(alice.get(f"{place}/networks/20/follow"))
    assert "IPv4 prefix limit: 20 → 30" in said
    assert rows(app, Network, Network.id == 20)[0].source == "here"
    answer = alice.submit(f"{place}/networks/20/follow")
    assert "AS64499 From the file follows the import from now on." in text(answer)
    (row,) = rows(app, Network, Network.id == 20)
    assert (row.source, row.info_prefixes4, row.aka) == ("import", 30, "ours")


def test_the_activity_says_what_was_changed(visit: Visit, records: Records, place: str, page: str) -> None:
    alice = visit("alice")
    send(alice, f"{page}/edit", info_prefixes4="30", notes_private="changed")
    said = text(alice.get(f"{place.removesuffix('/records')}/activity"))
    assert "Alice changed AS64500 Example Net IPv4 prefix limit: nothing → 30 Private notes: changed" in said
