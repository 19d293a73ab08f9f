"""The demo's records keep the rules that records made here must keep, and its counters are right."""

from collections import Counter
from collections.abc import Iterator, Sequence
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.principal import COMMAND_LINE
from portal.db.base import FIRST_LOCAL_ID
from portal.demo.build import build
from portal.extensions import db
from portal.registry.campuses import Campus
from portal.registry.carriers import CarrierFacility
from portal.registry.contacts import Contact
from portal.registry.exchanges import Exchange, PeeringLan, Prefix
from portal.registry.facilities import ExchangeFacility, Facility, NetworkFacility
from portal.registry.networks import Network
from portal.registry.organizations import Organization
from portal.registry.ports import ExchangePort
from portal.registry.types import RECORDS
from tests.apps import opened, settings_for
from tests.engines import Engine

DOCUMENTED_ASNS = {*range(64496, 64512), *range(65536, 65552)}
DOCUMENTED_BLOCKS = [ip_network(block) for block in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))])
def registry(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One demo for all of them, which nobody changes, on either engine."""
    engine: Engine = request.getfixturevalue(request.param)
    with engine.fresh() as url, opened(settings_for(url, tmp_path_factory.mktemp("data"))) as app, app.app_context():
        build(db.session(), COMMAND_LINE)
        db.session.commit()
        yield app
        db.session.remove()


def rows(model: Any, *where: Any) -> Sequence[Any]:
    return db.session.scalars(select(model).where(*where)).all()


def live(model: Any) -> Sequence[Any]:
    return rows(model, model.status == "ok")


@pytest.mark.usefixtures("registry")
def test_it_has_every_type_in_every_state() -> None:
    assert all(live(model) for model in RECORDS.values())
    assert {row.status for row in rows(Network)} == {"ok", "pending", "deleted"}
    assert {row.status for row in rows(Exchange)} == {"ok", "pending"}
    assert {row.status for row in rows(CarrierFacility)} == {"ok", "pending"}


@pytest.mark.usefixtures("registry")
def test_the_first_organization_has_the_first_id_and_the_network_of_the_examples() -> None:
    first = db.session.get_one(Organization, FIRST_LOCAL_ID)
    network = db.session.scalars(select(Network).where(Network.asn == 64500)).one()
    assert (network.organization_id, network.policy_general) == (first.id, "Open")


@pytest.mark.usefixtures("registry")
def test_its_numbers_and_addresses_are_documentations() -> None:
    assert {row.asn for row in rows(Network)} <= DOCUMENTED_ASNS
    prefixes = [ip_network(row.prefix) for row in rows(Prefix)]
    assert all(any(prefix[0] in block and prefix[-1] in block for block in DOCUMENTED_BLOCKS) for prefix in prefixes)
    assert all(18 <= prefix.prefixlen <= 28 if prefix.version == 4 else 64 <= prefix.prefixlen <= 116 for prefix in prefixes)
    assert not any(one.overlaps(other) for one in prefixes for other in prefixes if one is not other)


@pytest.mark.usefixtures("registry")
def test_its_mail_and_web_addresses_are_documentations() -> None:
    hosts = [row.email.rpartition("@")[2] for row in rows(Contact) if row.email]
    hosts += [
        row.website.removeprefix("https://").partition("/")[0]
        for tag in ("org", "net", "ix", "fac")
        for row in rows(RECORDS[tag])
        if row.website
    ]
    assert [host for host in hosts if not host.endswith(("example.net", "example.org"))] == []


@pytest.mark.usefixtures("registry")
def test_every_port_has_addresses_inside_its_lans_prefixes_and_its_networks_asn() -> None:
    networks = {row.id: row for row in rows(Network)}
    lans = {row.id: row for row in rows(PeeringLan)}
    for port in rows(ExchangePort):
        blocks = [ip_network(row.prefix) for row in rows(Prefix, Prefix.peering_lan_id == port.peering_lan_id)]
        addresses = [ip_address(text) for text in (port.ipaddr4, port.ipaddr6) if text]
        assert addresses
        assert all(any(address in block for block in blocks if block.version == address.version) for address in addresses)
        assert (port.asn, port.exchange_id) == (networks[port.network_id].asn, lans[port.peering_lan_id].exchange_id)
        assert 50 <= port.speed <= 5_000_000


@pytest.mark.usefixtures("registry")
def test_no_address_is_used_twice_nor_is_a_networks_or_broadcast_address() -> None:
    texts = [text for port in rows(ExchangePort) for text in (port.ipaddr4, port.ipaddr6) if text]
    edges = {str(edge) for row in rows(Prefix) for edge in (ip_network(row.prefix)[0], ip_network(row.prefix)[-1])}
    assert max(Counter(texts).values()) == 1
    assert edges.isdisjoint(texts)


@pytest.mark.usefixtures("registry")
def test_every_network_with_ports_has_somebody_to_write_to() -> None:
    reachable = {
        row.network_id for row in live(Contact) if row.role in {"Technical", "NOC", "Policy"} and row.visible != "Private" and row.email
    }
    assert {port.network_id for port in rows(ExchangePort)} <= reachable


@pytest.mark.usefixtures("registry")
def test_contacts_have_all_roles_and_visibilities_and_a_way_to_reach_them() -> None:
    contacts = live(Contact)
    assert {row.role for row in contacts} == {"Abuse", "Maintenance", "Policy", "Technical", "NOC", "Public Relations", "Sales"}
    assert {row.visible for row in contacts} == {"Public", "Users", "Private"}
    assert all(row.email or row.phone for row in contacts)
    assert {(row.name, row.email, row.phone) for row in rows(Contact, Contact.status == "deleted")} == {("", "", "")}


@pytest.mark.usefixtures("registry")
def test_policies_of_all_kinds_and_names_of_many_scripts_are_there() -> None:
    networks = live(Network)
    assert {row.policy_general for row in networks} == {"Open", "Selective", "Restrictive", "No"}
    assert {bool(row.info_never_via_route_servers) for row in networks} == {True, False}
    letters = {letter for row in networks for letter in row.name + row.aka}
    assert {"Ł", "é", "Ñ", "Δ", "東"} <= letters
    assert {1_000, 10_000, 100_000, 400_000} <= {port.speed for port in rows(ExchangePort)}


@pytest.mark.usefixtures("registry")
def test_exchanges_can_be_written_to_and_a_campus_is_live_with_two_facilities() -> None:
    assert all(row.tech_email for row in rows(Exchange))
    for campus in rows(Campus):
        assert (len(rows(Facility, Facility.campus_id == campus.id)) >= 2) == (campus.status == "ok")


@pytest.mark.usefixtures("registry")
def test_counters_count_what_is_live() -> None:
    ports, network_facilities, exchange_facilities = live(ExchangePort), live(NetworkFacility), live(ExchangeFacility)
    for network in rows(Network):
        assert network.ix_count == len({port.exchange_id for port in ports if port.network_id == network.id})
        assert network.fac_count == len([row for row in network_facilities if row.network_id == network.id])
    for exchange in rows(Exchange):
        assert exchange.net_count == len({port.network_id for port in ports if port.exchange_id == exchange.id})
        assert exchange.fac_count == len([row for row in exchange_facilities if row.exchange_id == exchange.id])
    for facility in rows(Facility):
        assert facility.net_count == len([row for row in network_facilities if row.facility_id == facility.id])
        assert facility.ix_count == len([row for row in exchange_facilities if row.facility_id == facility.id])
        assert facility.carrier_count == len([row for row in live(CarrierFacility) if row.facility_id == facility.id])


@pytest.mark.usefixtures("registry")
def test_what_waits_has_children_that_wait() -> None:
    waiting = {row.id for row in rows(Network, Network.status == "pending")}
    assert {row.status for row in rows(Contact, Contact.network_id.in_(waiting))} == {"pending"}
    exchanges = {row.id for row in rows(Exchange, Exchange.status == "pending")}
    assert {row.status for row in rows(PeeringLan, PeeringLan.exchange_id.in_(exchanges))} == {"pending"}


@pytest.mark.usefixtures("registry")
def test_nothing_comes_from_the_future() -> None:
    for model in RECORDS.values():
        assert all(row.created <= row.updated for row in rows(model))


def test_the_seed_gives_the_same_registry_again(registry: Flask, app: Flask) -> None:
    def shape() -> list[str]:
        ports = [(row.asn, row.ipaddr4, row.ipaddr6, row.speed, row.is_rs_peer) for row in rows(ExchangePort)]
        return sorted(map(str, ports)) + sorted(str((row.role, row.visible, row.name, row.email)) for row in rows(Contact))

    first = shape()
    with app.app_context():
        build(db.session(), COMMAND_LINE)
        assert shape() == first
        db.session.remove()
