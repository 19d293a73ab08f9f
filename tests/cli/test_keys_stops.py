"""`portal keys rotate`, `disable`, `enable`, `freeze` and `thaw`."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.api_keys.token import read_token
from tests.commands import CommandLine
from tests.demo import NORTHLIGHT

Issued = Callable[..., dict[str, Any]]


def states(demo: CommandLine) -> dict[str, str]:
    return {key["keyId"]: key["state"] for key in demo.ok("keys", "list", "--organization", NORTHLIGHT, "--json").json}


def test_a_key_is_disabled_and_enabled(demo: CommandLine, issued: Issued) -> None:
    key = issued("--grant", "networks:read")
    key_id = key["keyId"]
    said = demo.ok("keys", "disable", key_id, "--json").json
    assert (said["keyId"], said["name"], said["organization"]) == (key_id, "robot", int(NORTHLIGHT))
    assert states(demo)[key_id] == "disabled"
    assert "is disabled already" in demo("keys", "disable", key_id).line
    assert demo.ok("keys", "enable", key_id).err == f"Enabled robot ({key_id}); it works until {key['expiresAt']}.\n"
    assert states(demo)[key_id] == "active"
    assert "isn't disabled" in demo("keys", "enable", key_id).line


@pytest.mark.parametrize("act", ["disable", "enable"])
def test_an_unknown_key_cant_be_stopped(demo: CommandLine, act: str) -> None:
    said = demo("keys", act, "key_nonesuch0000")
    assert said.code == 1
    assert "no such API key" in said.line


def test_all_keys_of_an_organization_are_frozen_and_thawed(demo: CommandLine) -> None:
    before = states(demo)
    said = demo.ok("keys", "freeze", NORTHLIGHT, "--json").json
    assert (said["organization"], said["keysFrozen"]) == (int(NORTHLIGHT), True)
    assert set(states(demo).values()) == {"frozen", "leaked", "expired", "revoked"}
    assert "frozen already" in demo("keys", "freeze", NORTHLIGHT).line
    assert demo.ok("keys", "thaw", NORTHLIGHT).err == f"The API keys of {said['name']} are thawed.\n"
    assert states(demo) == before
    assert "aren't frozen" in demo("keys", "thaw", NORTHLIGHT).line


@pytest.mark.parametrize("act", ["freeze", "thaw"])
def test_an_unknown_organization_cant_be_frozen(demo: CommandLine, act: str) -> None:
    said = demo("keys", act, "5")
    assert said.code == 1
    assert "no such organization" in said.line


def test_a_key_is_rotated_and_its_old_token_ended(demo: CommandLine, issued: Issued) -> None:
    key = issued("--grant", "networks:read")
    said = demo.ok("keys", "rotate", key["keyId"])
    first = read_token(said.out.removesuffix("\n"))
    assert first is not None
    assert said.out.strip() not in said.err
    assert demo.ok("keys", "end-old-token", key["keyId"], "--json").json["tokenId"] == key["token"][6:18]
    assert "no old token that still works" in demo("keys", "end-old-token", key["keyId"]).line
    second = demo.ok("keys", "rotate", key["keyId"], "--overlap", "now", "--json").json
    assert (second["keyId"], second["name"], second["overlap"]) == (key["keyId"], "robot", "now")
    assert len({key["token"], said.out.strip(), second["token"]}) == 3
    assert "is revoked" in (demo.ok("keys", "revoke", key["keyId"]) and demo("keys", "rotate", key["keyId"])).line


def test_an_unknown_key_cant_be_rotated(demo: CommandLine) -> None:
    said = demo("keys", "rotate", "key_nonesuch0000")
    assert (said.code, said.out, "no such API key" in said.line) == (1, "", True)
