"""`portal keys show`, `edit` and what `issue` says beyond grants: addresses, points, ends, and another key as the pattern."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.commands import CommandLine
from tests.demo import NORTHLIGHT

Issued = Callable[..., dict[str, Any]]


def day(ahead: int) -> str:
    return f"{(datetime.now(UTC) + timedelta(days=ahead)).date()}"


def test_a_key_is_bound_when_it_is_issued_and_can_be_the_pattern_of_another(demo: CommandLine, issued: Issued) -> None:
    bound = ("--address", "192.0.2.7", "--address", "2001:db8:1::/48", "--points", "50")
    first = issued("--grant", "networks:read", "--grant", "exchanges:read", *bound)
    assert (first["addresses"], first["points"]) == (["192.0.2.7/32", "2001:db8:1::/48"], 50)
    second = issued("--copy-from", first["keyId"], "--grant", "contacts:read", "--points", "20", name="second")
    assert second["grants"] == ["contacts:read", "exchanges:read", "networks:read"]
    assert (second["addresses"], second["points"]) == (first["addresses"], 20)
    assert second["token"] != first["token"]


def test_without_a_word_a_key_lives_as_long_as_the_policy_allows(demo: CommandLine, issued: Issued) -> None:
    demo.ok("keys", "policy", NORTHLIGHT, "--longest-days", "30", "--never-allowed")
    assert issued("--grant", "networks:read")["expiresAt"] == f"{day(30)}T23:59:59Z"
    assert issued("--grant", "networks:read", "--never", name="eternal")["expiresAt"] is None


def test_a_key_is_shown_with_tokens_grants_and_use(demo: CommandLine) -> None:
    listed = demo.ok("keys", "list", "--organization", NORTHLIGHT, "--json").json
    key_id = next(key["keyId"] for key in listed if key["name"] == "Looking glass")
    said = demo.ok("keys", "show", key_id, "--json").json
    assert (said["state"], said["grants"], said["unused"]) == ("active", ["networks:read"], False)
    assert [set(token) for token in said["tokens"]] == [{"tokenId", "lastFour", "createdAt", "lastUsedAt", "retiresAt", "leakedAt"}]
    assert said["last30Days"]["ok"] > 1000
    plain = demo.ok("keys", "show", key_id).out
    for words in ("key id", "Looking glass", f"pport_{said['tokens'][0]['tokenId']}_…", f"ok {said['last30Days']['ok']:,}"):
        assert words in plain


def test_a_leaked_key_is_shown_with_what_else_stops_it_and_the_token_that_was_reported(demo: CommandLine) -> None:
    listed = demo.ok("keys", "list", "--organization", NORTHLIGHT, "--show", "stopped", "--json").json
    key_id = next(key["keyId"] for key in listed if key["name"] == "Old monitoring")
    demo.ok("keys", "disable", key_id)
    said = demo.ok("keys", "show", key_id, "--json").json
    assert (said["state"], said["also"], len(said["tokens"])) == ("leaked", ["disabled"], 1)
    assert said["tokens"][0]["lastUsedAt"] < said["tokens"][0]["leakedAt"]
    assert f"reported as leaked {said['tokens'][0]['leakedAt']}" in demo.ok("keys", "show", key_id).out


def test_an_edit_prints_its_difference(demo: CommandLine, issued: Issued) -> None:
    key = issued("--grant", "networks:read", "--grant", "contacts:read")
    changes = ("--name", "glass", "--note", "on build1", "--notify", "ops@example.net", "--address", "192.0.2.0/24", "--points", "50")
    grants = ("--grant", "exchanges:read", "--revoke-grant", "contacts:read", "--expires-on", day(20))
    said = demo.ok("keys", "edit", key["keyId"], *changes, *grants)
    assert said.out == ""
    for words in (
        f"Changed glass ({key['keyId']}).",
        "Name: glass",
        "Note: on build1",
        "Notify e-mail: ops@example.net",
        f"It expires on {day(20)} instead of {day(365)}.",
        "New: Read every organization's exchanges",
        "No longer: Read contacts",
        "It works from 192.0.2.0/24 instead of any address.",
        "It has 50 points a minute instead of 1,000.",
    ):
        assert words in said.err
    back = demo.ok("keys", "edit", key["keyId"], "--any-address", "--most-points", "--expires-in", "30", "--json").json
    assert back["changes"] == {
        "addresses": [["192.0.2.0/24"], []],
        "points": [50, None],
        "expires_on": [day(20), day(30)],
    }
    assert (back["grants"], back["expiresAt"]) == (["exchanges:read", "networks:read"], f"{day(30)}T23:59:59Z")
    assert "Nothing changed" in demo.ok("keys", "edit", key["keyId"], "--name", "glass").err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "Say what to change."),
        (("--never", "--expires-in", "3"), 2, "Say one of"),
        (("--address", "192.0.2.1", "--any-address"), 2, "not both"),
        (("--points", "3", "--most-points"), 2, "not both"),
        (("--grant", "usage:read", "--revoke-grant", "usage:read"), 2, "--grant or --revoke-grant of usage:read, not both"),
        (("--revoke-grant", "networks:read"), 1, "Choose at least one thing"),
        (("--never",), 1, "requires every API key to expire"),
        (("--name", "Looking glass"), 1, "has this name"),
    ],
)
def test_what_cant_be_edited_is_said(demo: CommandLine, issued: Issued, arguments: tuple[str, ...], code: int, words: str) -> None:
    said = demo("keys", "edit", issued("--grant", "networks:read")["keyId"], *arguments)
    assert (said.code, said.out) == (code, "")
    assert words in said.err


def test_unknown_keys_are_neither_shown_nor_edited(demo: CommandLine) -> None:
    for arguments in (("show",), ("edit", "--name", "a"), ("rotate",), ("usage",)):
        assert "no such API key" in demo("keys", arguments[0], "key_nonesuch0000", *arguments[1:]).line


def test_rotating_can_give_another_end(demo: CommandLine, issued: Issued) -> None:
    key = issued("--grant", "networks:read")
    assert demo.ok("keys", "rotate", key["keyId"], "--json").json["expiresAt"] == key["expiresAt"]
    assert demo.ok("keys", "rotate", key["keyId"], "--expires-in", "30", "--json").json["expiresAt"] == f"{day(30)}T23:59:59Z"
