"""What an import makes of rows: PeeringDB's ids, our columns, nothing lost, and the same again when it is repeated."""

import random
from datetime import UTC, datetime

import pytest

from portal.db.ip_bytes import address_bytes
from portal.db.session import lock, next_id
from portal.extensions import db
from portal.registry.organizations import Organization
from tests.apps import opened, settings_for
from tests.engines import Engine
from tests.importer.registry import Registry, Rows


def test_rows_keep_their_ids_and_get_our_columns(registry: Registry, small: Rows) -> None:
    taken = registry.take(small)
    assert taken.outcome.clean
    assert taken.total("added") == sum(map(len, small.values()))
    port = registry.row("netixlan", 1)
    assert (port["network_id"], port["exchange_id"], port["peering_lan_id"], port["net_side_id"]) == (1, 1, 1, 1)
    assert (port["ipaddr6"], port["ipaddr6_bytes"]) == ("2001:db8:1::1", address_bytes("2001:db8:1::1"))
    assert registry.row("ixpfx", 2)["prefix"] == "2001:db8:1::/64"
    assert registry.row("org", 1)["city_fold"] == "zurich"
    assert registry.row("net", 1)["created"] == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert registry.row("net", 1)["info_types"] == ["NSP"]


def test_counters_are_counted_and_those_of_the_file_ignored(registry: Registry, small: Rows) -> None:
    small["net"][0] |= {"ix_count": 328, "fac_count": 817, "poc_updated": "1999-01-01T00:00:00Z"}
    small["poc"][1]["updated"] = "2026-05-01T00:00:00Z"  # marked Users: nobody else learns when it changed
    small["netfac"][1]["status"] = "pending"
    registry.take(small)
    network = registry.row("net", 1)
    assert (network["ix_count"], network["fac_count"]) == (1, 1)
    assert network["poc_updated"] == network["netixlan_updated"] == datetime(2026, 4, 16, 8, tzinfo=UTC)
    assert registry.row("net", 2)["poc_updated"] is None
    assert (registry.row("ix", 1)["net_count"], registry.row("ix", 1)["fac_count"]) == (2, 1)
    facility = registry.row("fac", 1)
    assert (facility["net_count"], facility["ix_count"], facility["carrier_count"]) == (1, 1, 1)
    assert registry.row("carrier", 1)["fac_count"] == 1


def test_a_second_import_changes_nothing_but_says_that_it_ran(registry: Registry, small: Rows) -> None:
    first = registry.take(small)
    before = registry.tables()
    again = registry.take(small)
    assert registry.tables() == before
    assert (first.outcome.changed, again.outcome.changed) == (True, False)
    assert again.total("unchanged") == first.total("added")
    assert [run["version"] for run in registry.tables(without=())["import_run"]] == [1, 1]


def test_only_rows_that_differ_are_touched(imported: Registry, small: Rows) -> None:
    small["net"][0]["policy_general"] = "Restrictive"
    assert imported.take(small).total("updated") == 1
    versions = {(name, row["id"]): row["changed"] for name, rows in imported.tables().items() for row in rows if "changed" in row}
    assert {name for name, version in versions.items() if version == 2} == {("network", 1)}


def test_an_import_that_changes_something_stands_in_the_audit(imported: Registry, small: Rows) -> None:
    imported.take(small)
    [row] = imported.tables()["audit_row"]
    assert (row["event"], row["actor_kind"], row["subject_name"]) == ("registry.imported", "command line", "test.json")
    assert row["details"]["counts"]["net"]["added"] == 2


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.repetition)])
def test_the_order_of_the_file_never_matters(
    registry: Registry, small: Rows, engine: Engine, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    small["org"] += [
        {"id": number, "name": "The Same"} | {"created": "2020-01-01T00:00:00Z", "updated": "2020-01-01T00:00:00Z"} for number in (9, 7, 8)
    ]
    small["net"] += [
        {**small["net"][0], "id": 12, "name": "A", "asn": 64510, "org_id": 8},
        {**small["net"][0], "id": 11, "name": "B", "asn": 64510},
    ]
    registry.take(small)
    order = random.Random(seed)
    types = order.sample(list(small), len(small))
    shuffled = {tag: order.sample(small[tag], len(small[tag])) for tag in types}
    with engine.fresh() as url, opened(settings_for(url, tmp_path_factory.mktemp("other"))) as app:
        other = Registry(app)
        other.take(shuffled)
        assert other.records() == registry.records()
    assert [row["id"] for row in registry.tables()["organization"]] == [1, 2, 7]


def test_old_and_odd_rows_are_taken(registry: Registry, small: Rows) -> None:
    small["ixlan"] += [
        {
            "id": 2,
            "ix_id": 1,
            "mtu": 0,
            "arp_sponge": "kkkkk",
            "created": "2018-01-01T00:00:00.123456Z",
            "updated": "2018-01-01T02:00:00+02:00",
        }
    ]
    small["netixlan"] += [{"id": 3, "net_id": 1, "ixlan_id": 2, "asn": 64500, "ipaddr4": None, "ipaddr6": "", "speed": 0}]
    small["org"][0] |= {"name": "N\0ame \ud800of 日本", "notes": None, "social_media": [{"service": "x", "identifier": "\udfff\0me"}]}
    small["org"][1]["social_media"] = [{"service": "x", "identifier": "\0you"}]
    small["ix"][0]["service_level"] = "Carrier pigeon"
    taken = registry.take(small)
    assert taken.outcome.clean
    assert registry.row("ixlan", 2)["updated"] == registry.row("ixlan", 2)["created"] == datetime(2018, 1, 1, tzinfo=UTC)
    assert (registry.row("netixlan", 3)["exchange_id"], registry.row("netixlan", 3)["ipaddr6"]) == (1, None)
    organization = registry.row("org", 1)
    assert (organization["name"], organization["notes"]) == ("Name of 日本", "")
    assert organization["social_media"] == [{"service": "x", "identifier": "me"}]
    assert registry.row("org", 2)["social_media"] == [{"service": "x", "identifier": "you"}]
    assert registry.row("ix", 1)["service_level"] == "Carrier pigeon"
    assert taken.outcome.problems == [
        {"type": "ix", "problem": "unknown word", "field": "service_level", "value": "Carrier pigeon", "outcome": "kept", "count": 1}
    ]


def test_what_a_row_does_not_tell_stays(registry: Registry, small: Rows) -> None:
    small["ixlan"][0] |= {"ixf_ixp_member_list_url": "https://ix.example.net/members.json", "arp_sponge": "00:00:5e:00:53:01"}
    small["net"][0]["notes_private"] = "only ours"
    registry.take(small)
    before = registry.tables()
    del small["ixlan"][0]["ixf_ixp_member_list_url"], small["ixlan"][0]["arp_sponge"], small["net"][0]["notes_private"]
    assert not registry.take(small).outcome.changed
    assert registry.tables() == before


def test_a_moved_lan_takes_its_ports_along(imported: Registry, small: Rows) -> None:
    small["ix"].append({**small["ix"][0], "id": 2, "name": "Second IX"})
    small["ixlan"][0]["ix_id"] = 2
    del small["netixlan"]
    imported.take(small)
    assert imported.row("netixlan", 1)["exchange_id"] == 2
    assert (imported.row("ix", 1)["net_count"], imported.row("ix", 2)["net_count"]) == (0, 2)


@pytest.mark.parametrize("writes", [1, 3])
def test_a_write_between_plan_and_lock_is_planned_for(imported: Registry, small: Rows, writes: int) -> None:
    small["org"].append({"id": 3, "name": "Late 0"})
    late: list[str] = []

    def write(doing: str) -> None:
        if doing == "Applying" and len(late) < writes:
            late.append(f"Late {len(late)}")
            session = db.session()
            lock(session)
            session.add(Organization(id=next_id(session), name=late[-1], latitude=None, longitude=None))
            session.commit()

    taken = imported.take(small, write)
    assert taken.named("value belongs to another") == [("org", 3, "name", 1_000_000_000)]
    assert taken.total("added") == 0
