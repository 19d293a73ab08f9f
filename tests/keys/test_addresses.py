"""Blocks of addresses as an admin types them."""

import pytest

from portal.access.address_blocks import within
from portal.api_keys.address_list import MAX_BLOCKS, read_blocks
from portal.errors import Invalid


def test_typed_blocks_get_their_normal_form_once() -> None:
    typed = "198.51.100.7, 2001:DB8:1::/48\n198.51.100.7/32 ::ffff:192.0.2.0/120"
    assert read_blocks(typed) == ["198.51.100.7/32", "2001:db8:1::/48", "192.0.2.0/24"]
    assert read_blocks(" \n") == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("198.51.100.7/24", "has bits set beside its length. Write 198.51.100.0/24."),
        ("2001:db8::1/32", "has bits set beside its length. Write 2001:db8::/32."),
        ("example.net", "is no address or block"),
        ("198.51.100.0/33", "is no address or block"),
        ("fe80::1%eth0", "is an address of one link"),
        (" ".join(f"2001:db8::{number:x}" for number in range(MAX_BLOCKS + 1)), f"at most {MAX_BLOCKS}"),
    ],
)
def test_what_is_no_block_is_named_with_what_was_probably_meant(typed: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        read_blocks(typed)
    assert refused.value.field == "addresses"


@pytest.mark.parametrize(
    ("address", "inside"),
    [("198.51.100.9", True), ("::ffff:198.51.100.9", True), ("198.51.101.1", False), ("2001:db8::1", False), ("", False)],
)
def test_an_address_lies_within_a_block_or_not(address: str, inside: bool) -> None:
    assert within(address, '["198.51.100.0/24"]') is inside
