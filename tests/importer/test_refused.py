"""Dumps whose rows can't be taken: refused as a whole, with the row and the field, and nothing changed."""

import math
from typing import Any

import pytest

from portal.importer.stream import DumpRefused
from tests.importer.registry import Registry, Rows, as_bytes


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("tag", "change", "message"),
    [
        ("net", {"id": None}, "id is missing"),
        ("net", {"id": 0}, "id must be a whole number from 1 to 1999999999"),
        ("net", {"id": True}, "id must be a whole number"),
        ("net", {"id": "2"}, "id must be a whole number"),
        ("net", {"id": 2**31}, "id must be a whole number"),
        ("net", {"id": 1}, "id 1 stands in the file for the second time"),
        ("net", {"asn": 2**32}, "asn must be a whole number from 0 to 4294967295"),
        ("net", {"asn": 1.5}, "asn must be a whole number"),
        ("net", {"org_id": None}, "org_id is missing"),
        ("net", {"name": 7}, "name must be text"),
        ("net", {"name": "x" * 256}, "name is longer than 255 characters"),
        ("net", {"status": "gone"}, "status must be ok, pending or deleted"),
        ("net", {"updated": "yesterday"}, "updated isn't a time like"),
        ("net", {"updated": "0001-01-01T00:00:00+14:00"}, "updated isn't a time like"),
        ("net", {"updated": 20260416}, "updated must be a time as text"),
        ("net", {"info_ipv6": "yes"}, "info_ipv6 must be true or false"),
        ("net", {"info_types": "NSP"}, "info_types must be a list of texts"),
        ("net", {"info_types": [1]}, "info_types must be a list of texts"),
        ("net", {"social_media": ["x"]}, "social_media must be a list of objects"),
        ("net", {"social_media": [{"service": 2**70}]}, "social_media holds something that can't be stored"),
        ("net", {"ixp_update_exclude": {}}, "ixp_update_exclude must be a list"),
        ("org", {"latitude": "47.4"}, "latitude must be a number"),
        ("org", {"latitude": math.inf}, "Infinity isn't JSON"),
        ("ixpfx", {"prefix": "198.51.100.1/24"}, "prefix isn't an address block"),
        ("ixpfx", {"prefix": None}, "prefix isn't an address block"),
        ("netixlan", {"ipaddr4": "2001:db8::1"}, "ipaddr4 isn't an IPv4 address"),
        ("netixlan", {"ipaddr6": "fe80::1%eth0"}, "ipaddr6 isn't an IPv6 address"),
        ("netixlan", {"speed": 2**31}, "speed must be a whole number"),
    ],
)
def test_a_row_of_the_wrong_form_is_named(registry: Registry, small: Rows, tag: str, change: dict[str, Any], message: str) -> None:
    small[tag][1] |= change
    before = registry.tables(without=())
    with pytest.raises(DumpRefused, match=rf'^Byte [\d,]+ \(row 2 of "{tag}"\): {message}'):
        registry.take(small)
    assert registry.tables(without=()) == before


def test_a_field_that_a_row_needs_is_named(registry: Registry, small: Rows) -> None:
    del small["net"][0]["asn"]
    with pytest.raises(DumpRefused, match=r'\(row 1 of "net"\): asn is missing'):
        registry.take(small)


@pytest.mark.parametrize("content", [b"{}", b'{"as_set": {"data": [{"1": "AS-X"}]}}'])
def test_a_file_without_any_of_the_types_is_refused(registry: Registry, content: bytes) -> None:
    with pytest.raises(DumpRefused, match="holds none of PeeringDB's types"):
        registry.take(content)


def test_a_truncated_dump_leaves_the_registry_as_it_was(imported: Registry, small: Rows) -> None:
    before = imported.tables(without=())
    small["net"][0]["name"] = "Another"
    content = as_bytes(small)
    for cut in range(0, len(content), len(content) // 7):
        with pytest.raises(DumpRefused):
            imported.take(content[:cut])
    assert imported.tables(without=()) == before


def test_types_that_peeringdb_does_not_have_are_ignored(registry: Registry, small: Rows) -> None:
    taken = registry.take(small | {"as_set": [{"1": "AS-X"}]})
    assert taken.outcome.clean
    assert taken.outcome.ignored == ["as_set"]
