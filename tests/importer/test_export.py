"""What goes out comes in again: an export, taken by an empty registry, makes an equal one, whatever the engines."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from portal.access.principal import Principal
from portal.db.session import lock, next_id
from portal.errors import Forbidden
from portal.extensions import db
from portal.importer.export import export_dump
from portal.registry.contacts import Contact
from portal.registry.networks import Network
from portal.registry.organizations import Organization
from portal.registry.write.recount import recount_changed
from tests.apps import opened, settings_for
from tests.engines import Engine
from tests.importer.registry import Registry, Rows, export


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))])
def other(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """An empty registry, on either engine whatever the first one's is."""
    engine: Engine = request.getfixturevalue(request.param)
    with engine.fresh() as url, opened(settings_for(url, tmp_path_factory.mktemp("other"))) as app:
        yield Registry(app)


@pytest.fixture
def varied(registry: Registry, small: Rows) -> Registry:
    """Imported rows, deleted and pending ones too, private values, and records made here."""
    small["net"][0] |= {"notes_private": "only ours", "ixp_update_exclude": [1, "x"], "rir_status_updated": "2024-06-26T04:47:55Z"}
    small["ixlan"][0] |= {"ixf_ixp_member_list_url": "https://ix.example.net/members.json", "arp_sponge": "00:00:5e:00:53:01"}
    small["poc"][1] |= {"visible": "Private"}
    small["carrierfac"][0]["status"] = "pending"
    small["netfac"][1]["status"] = "deleted"
    registry.take(small)
    with registry.app.app_context():
        session = db.session()
        lock(session)
        organization, network, contact = next_id(session), next_id(session), next_id(session)
        session.add(Organization(id=organization, name="Made here", latitude=None, longitude=None))
        session.flush()
        session.add(Network(id=network, organization_id=organization, asn=64510, name="Netz Łódź", info_prefixes4=None))
        session.flush()
        session.add(Contact(id=contact, network_id=network, role="NOC", email="noc@example.net"))
        session.flush()
        recount_changed(session.connection(), lock(session))
        session.commit()
    return registry


def test_an_export_makes_an_equal_registry(varied: Registry, other: Registry) -> None:
    content = export(varied)
    assert other.take(content).outcome.clean
    assert other.records() == varied.records()
    assert export(other) == export(varied)


def test_records_made_here_keep_their_ids_and_new_ones_come_after_them(varied: Registry, other: Registry) -> None:
    other.take(export(varied))
    assert other.row("net", 1_000_000_001)["asn"] == 64510
    with other.app.app_context():
        assert next_id(db.session()) == 1_000_000_003


def test_an_export_speaks_peeringdbs_words(varied: Registry) -> None:
    dump: dict[str, Any] = json.loads(export(varied))
    assert list(dump) == [
        "org",
        "campus",
        "fac",
        "net",
        "ix",
        "ixlan",
        "ixpfx",
        "carrier",
        "netixlan",
        "netfac",
        "ixfac",
        "carrierfac",
        "poc",
    ]
    port = dump["netixlan"]["data"][0]
    assert (port["net_id"], port["ix_id"], port["ixlan_id"], port["ipaddr6"], port["net_side_id"]) == (1, 1, 1, "2001:db8:1::1", 1)
    assert port["updated"] == "2026-04-16T08:00:00Z"
    assert dump["net"]["data"][0]["ix_count"] == 1
    assert dump["ixpfx"]["data"][1]["protocol"] == "IPv6"
    ours = {"changed", "keys_frozen", "name_fold", "ipaddr4_bytes", "first"}
    assert not ours & {name for rows in dump.values() for row in rows["data"] for name in row}


def test_nobody_but_an_operator_exports(registry: Registry) -> None:
    with registry.app.app_context(), pytest.raises(Forbidden):
        export_dump(db.engine, Principal(), io.BytesIO())
