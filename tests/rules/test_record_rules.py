"""What must be true of records that are kept here: each rule by what it refuses and what it lets pass, over rows as they really are."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from portal.db.session import lock
from portal.extensions import db
from portal.registry.campuses import Campus
from portal.registry.contacts import Contact
from portal.registry.exchanges import Exchange, PeeringLan, Prefix
from portal.registry.facilities import Facility
from portal.registry.networks import Network
from portal.registry.ports import ExchangePort
from portal.registry.rules.problem import Rejected
from portal.registry.write.act import Written
from tests.apps import use_settings
from tests.people import People
from tests.registry import NOWHERE, Records
from tests.rules.record_writer import Writer

Refusal = tuple[str, str, str]  # code, path, a part of the message
OK: list[Refusal] = []


Case = Callable[[Writer], object]


@pytest.fixture
def registry(app: Flask, people: People, records: Records) -> Any:
    with app.app_context():
        yield Writer(db.session(), people, records)


def refusals(registry: Writer, case: Case) -> list[Refusal]:
    """What a case is refused for; nothing of it stays."""
    try:
        case(registry)
    except Rejected as rejected:
        return [(problem.code, ".".join(problem.path), problem.message) for problem in rejected.problems]
    finally:
        registry.session.rollback()
    return OK


def check(registry: Writer, cases: dict[str, tuple[Case, list[Refusal]]]) -> None:
    for name, (case, expected) in cases.items():
        found = refusals(registry, case)
        assert [(code, path) for code, path, _ in found] == [(code, path) for code, path, _ in expected], (name, found)
        assert all(part in message for (*_, part), (*_, message) in zip(expected, found, strict=True)), (name, found)


def network(registry: Writer, asn: int) -> Written:
    return registry.create("net", organization_id=registry.people.ours, asn=asn, name=f"Net {asn}")


def prefix(registry: Writer, text: str) -> Written:
    return registry.create("ixpfx", peering_lan_id=registry["lan"], prefix=text)


@pytest.mark.parametrize("documentation", [True, False])
def test_special_asns_and_address_space(documentation: bool, app: Flask, registry: Writer) -> None:
    use_settings(app, replace(app.config["SETTINGS"], allow_documentation=documentation))
    refused = not documentation
    asns = {13030: False, 131072: False, 23456: True, 65535: True, 65552: True, 131071: True, 4294967295: True}
    asns |= {64505: refused, 64512: refused, 65551: refused, 4200000000: refused, 4294967294: refused}
    cases: dict[str, tuple[Case, list[Refusal]]] = {
        f"AS{asn}": (lambda registry, asn=asn: network(registry, asn), [("INVALID", "asn", f"AS{asn} is ")] if bad else OK)  # type: ignore[misc]
        for asn, bad in asns.items()
    }
    prefixes = {"80.81.192.0/21": False, "2001:7f8::/64": False, "192.168.0.0/24": True, "10.9.0.0/18": True, "100.64.0.0/22": True}
    prefixes |= {"224.1.0.0/24": True, "192.88.99.0/24": True, "2002:1::/64": True, "fe80::/64": True, "ff02::/64": True}
    prefixes |= {"203.0.113.0/24": refused, "2001:db8:5::/64": refused, "192.0.0.0/18": True}
    cases |= {
        text: (lambda registry, text=text: prefix(registry, text), [("INVALID", "prefix", f"{text} is address space for ")] if bad else OK)  # type: ignore[misc]
        for text, bad in prefixes.items()
    }
    check(registry, cases)


def test_prefixes(registry: Writer) -> None:
    def other_lan(registry: Writer, text: str) -> Written:
        registry.put("second ix", Exchange, organization_id=registry.people.ours, name="Second")
        lan = registry.put("second lan", PeeringLan, exchange_id=registry["second ix"])
        return registry.create("ixpfx", peering_lan_id=lan, prefix=text)

    def a_port_outside(registry: Writer) -> Written:
        registry.change("net port", ExchangePort, ipaddr4="192.0.2.77")
        return registry.update("ixpfx", "v4", prefix="198.51.100.0/28")

    def another_covers(registry: Writer) -> Written:
        registry.put("wide", Prefix, peering_lan_id=registry["lan"], prefix="198.51.100.0/23")
        return registry.delete("ixpfx", "v4")

    check(
        registry,
        {
            "too long": (lambda r: prefix(r, "80.81.192.0/29"), [("INVALID", "prefix", "/29. An IPv4 prefix of a LAN must be /18 to /28")]),
            "too short": (lambda r: prefix(r, "80.81.0.0/17"), [("INVALID", "prefix", "/17")]),
            "IPv6 too short": (lambda r: prefix(r, "2001:7f8::/63"), [("INVALID", "prefix", "/64 to /116")]),
            "host bits": (lambda r: prefix(r, "80.81.192.1/24"), [("INVALID", "prefix", '"80.81.192.1/24" isn\'t a prefix')]),
            "taken": (lambda r: prefix(r, "198.51.100.0/24"), [("TAKEN", "prefix", f"ixpfx:{registry['v4']}")]),
            "overlap": (lambda r: other_lan(r, "198.51.100.128/25"), [("TAKEN", "prefix", "overlaps 198.51.100.0/24 of another LAN")]),
            "beside": (lambda r: other_lan(r, "198.51.101.0/24"), OK),
            "within its own LAN": (lambda r: prefix(r, "198.51.100.128/25"), OK),
            "from under ports": (
                lambda r: r.delete("ixpfx", "v4"),
                [("IN_USE", "prefix", "3 live ports have addresses in 198.51.100.0/24")],
            ),
            "changed away": (lambda r: r.update("ixpfx", "v6", prefix="2001:db8:2::/64"), [("IN_USE", "prefix", "2001:db8:1::/64")]),
            "grown": (lambda r: r.update("ixpfx", "v4", prefix="198.51.100.0/23"), OK),
            "shrunk to what holds them": (lambda r: r.update("ixpfx", "v4", prefix="198.51.100.0/28"), OK),
            "a port was outside before": (a_port_outside, OK),
            "another prefix holds them": (another_covers, OK),
        },
    )


def odd(model: Any, tag: str, name: str, bad: dict[str, Any], **given: Any) -> Case:
    """An update of a row that holds what an import may have brought."""

    def case(registry: Writer) -> object:
        registry.change(name, model, **bad)
        return registry.update(tag, name, **given)

    return case


def test_an_old_value_blocks_no_edit_of_another_field(registry: Writer) -> None:
    """As many imported rows are: addresses outside the LAN, a special ASN, an odd MTU."""
    check(
        registry,
        {
            "outside": (odd(ExchangePort, "netixlan", "net port", {"ipaddr4": "192.0.2.7"}, speed=100), OK),
            "outside and sent again": (
                odd(ExchangePort, "netixlan", "net port", {"ipaddr4": "192.0.2.7"}, ipaddr4="192.0.2.7", speed=100),
                OK,
            ),
            "still outside": (
                odd(ExchangePort, "netixlan", "net port", {"ipaddr4": "192.0.2.7"}, ipaddr4="192.0.2.8"),
                [("INVALID", "ipaddr4", "192.0.2.8 is outside the peering LAN. Give one inside 198.51.100.0/24")],
            ),
            "the other family": (odd(ExchangePort, "netixlan", "net port", {"ipaddr4": "192.0.2.7"}, ipaddr6="2001:db8:1::99"), OK),
            "its ASN differs": (odd(ExchangePort, "netixlan", "net port", {"asn": 13030}, notes="x"), OK),
            "no speed": (odd(ExchangePort, "netixlan", "net port", {"speed": 0}, notes="x"), OK),
            "reserved ASN": (odd(Network, "net", "net", {"asn": 23456}, notes="x"), OK),
            "odd MTU": (odd(PeeringLan, "ixlan", "lan", {"mtu": 1522}, vlan=5), OK),
            "another odd MTU": (
                odd(PeeringLan, "ixlan", "lan", {"mtu": 1522}, mtu=4000),
                [("INVALID", "mtu", "4000 can't be used: it must be 1500 or 9000.")],
            ),
        },
    )


def without_contacts(act: Case) -> Case:
    def case(registry: Writer) -> object:
        lock(registry.session)
        registry.session.execute(update(Contact).values(role="Sales"))
        registry.session.expire_all()
        return act(registry)

    return case


def test_a_network_without_a_technical_contact_can_be_edited(registry: Writer) -> None:
    contact = {"network_id": registry["net"], "visible": "Public", "email": "a@example.net"}
    port = {"network_id": registry["net"], "peering_lan_id": registry["lan"], "speed": 1000, "ipaddr4": "198.51.100.200"}
    check(
        registry,
        {
            "no contact, and one of sales is edited": (
                without_contacts(lambda r: r.update("poc", "net Public", email="b@example.net")),
                OK,
            ),
            "no contact, and one of sales goes": (without_contacts(lambda r: r.delete("poc", "net Public")), OK),
            "no contact, and one of sales comes": (without_contacts(lambda r: r.create("poc", role="Sales", **contact)), OK),
            "no contact, and a port comes": (
                without_contacts(lambda r: r.create("netixlan", **port)),
                [("INVALID", "network_id", "Add the contact")],
            ),
            "no contact, and a port changes": (without_contacts(lambda r: r.update("netixlan", "net port", notes="x")), OK),
        },
    )


def test_the_last_technical_contact_stays(registry: Writer) -> None:
    def only_one(act: Case) -> Case:
        def case(registry: Writer) -> object:
            registry.change("net Users", Contact, role="Sales")
            return act(registry)

        return case

    refused: list[Refusal] = [("IN_USE", "role", "Add another one first.")]
    cases: dict[str, Case] = {
        "deleted": lambda r: r.delete("poc", "net Public"),
        "another role": lambda r: r.update("poc", "net Public", role="Sales"),
        "no address": lambda r: r.update("poc", "net Public", email="", phone="+49 69 123456"),
    }
    check(
        registry,
        {name: (only_one(act), refused) for name, act in cases.items()} | {f"one of two {name}": (act, OK) for name, act in cases.items()},
    )


def test_facilities_and_what_follows_from_values(registry: Writer) -> None:
    registry.put("ours", Campus, organization_id=registry.people.ours, name="Ours", status="pending")
    registry.put("theirs", Campus, organization_id=registry.people.theirs, name="Theirs")
    registry.put("hidden", Campus, organization_id=registry.people.theirs, name="Hidden", status="pending")
    for number in (1, 2, 3):
        registry.put(f"fac {number}", Facility, organization_id=registry.people.ours, name=f"Ours {number}", campus_id=None, **NOWHERE)
    registry.session.commit()
    check(
        registry,
        {
            "of others": (lambda r: r.update("fac", "fac 1", campus_id=r["theirs"]), [("INVALID", "campus_id", "another organization")]),
            "others' pending": (
                lambda r: r.update("fac", "fac 1", campus_id=r["hidden"]),
                [("NOT_FOUND", "campus_id", "There is no campus")],
            ),
        },
    )
    for number, status in enumerate(("pending", "ok"), 1):
        registry.update("fac", f"fac {number}", campus_id=registry["ours"], country="TR")
        registry.session.expire_all()
        assert registry.session.get_one(Campus, registry["ours"]).status == status
    assert registry.session.get_one(Facility, registry["fac 1"]).region_continent == "Europe"
    registry.create("ixpfx", peering_lan_id=registry["lan"], prefix="2001:7f8:9::/64")
    registry.session.expire_all()
    exchange = registry.session.get_one(Exchange, registry["ix"])
    assert (exchange.proto_unicast, exchange.proto_ipv6) == (True, True)


def test_the_member_list_is_private_unless_it_is_said_who_sees_it(registry: Writer) -> None:
    lan = registry.create("ixlan", exchange_id=registry["ix"]).row
    assert lan.ixf_ixp_member_list_url_visible == "Private"
    registry.ids["new"] = lan.id
    assert registry.update("ixlan", "new", ixf_ixp_member_list_url_visible="USERS").row.ixf_ixp_member_list_url_visible == "Users"
    with pytest.raises(Rejected, match="Choose one of PUBLIC, USERS, PRIVATE"):
        registry.update("ixlan", "new", ixf_ixp_member_list_url_visible=None)


def test_what_is_below_a_pending_record_waits_with_it(registry: Writer) -> None:
    below = {"network_id": registry["waiting"]}
    contact = registry.create("poc", role="NOC", visible="PUBLIC", email="noc@example.net", **below).row
    port = registry.create("netixlan", peering_lan_id=registry["lan"], speed=1000, ipaddr4="198.51.100.77", **below).row
    assert (contact.status, port.status) == ("pending", "pending")
    registry.session.commit()
    assert registry.session.get_one(Exchange, registry["ix"]).net_count == 3
    assert registry.session.get_one(Network, registry["waiting"]).ix_count == 0
