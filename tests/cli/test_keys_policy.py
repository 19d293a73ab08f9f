"""`portal keys policy`, `limits`, `usage`, `pepper-status` and `find`, and the filters of `list`."""

import csv
import secrets
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest

from tests.commands import CommandLine
from tests.demo import NORTHLIGHT

Issued = Callable[..., dict[str, Any]]


def test_a_policy_is_shown_and_set_and_tells_who_doesnt_comply(demo: CommandLine, issued: Issued) -> None:
    key = issued("--grant", "networks:read", "--expires-in", "366", name="far")
    said = demo.ok("keys", "policy", NORTHLIGHT, "--json").json
    assert said["breaching"] == []
    assert (said["longestDays"], said["neverAllowed"], said["addressesRequired"], said["unusedDays"]) == (366, False, False, 60)
    said = demo.ok(
        "keys", "policy", NORTHLIGHT, "--longest-days", "365", "--never-allowed", "--unused-never", "--self-rotation-refused", "--json"
    ).json
    assert said["selfRotationAllowed"] is False
    assert (said["longestDays"], said["neverAllowed"], said["addressesRequired"], said["unusedDays"]) == (365, True, False, None)
    assert said["breaching"] == [{"keyId": key["keyId"], "name": "far", "breaches": ["It expires later than 365 days from today."]}]
    plain = demo.ok("keys", "policy", NORTHLIGHT).out
    for words in ("longest days", "365", "never allowed", "yes", "far: It expires later than 365 days from today."):
        assert words in plain
    listed = demo.ok("keys", "list", "--organization", NORTHLIGHT, "--show", "breaching", "--json").json
    assert [one["keyId"] for one in listed] == [key["keyId"]]


def test_limits_are_shown_set_and_set_back(demo: CommandLine) -> None:
    said = demo.ok("keys", "limits", NORTHLIGHT, "--json").json
    assert (said["perKey"], said["all"]) == (1000, 5000)
    assert demo.ok("keys", "limits", NORTHLIGHT, "--per-key", "200", "--all", "600", "--json").json == said | {"perKey": 200, "all": 600}
    assert demo.ok("keys", "limits", NORTHLIGHT, "--json").json == said | {"perKey": 200, "all": 600}
    assert "all together" in demo("keys", "limits", NORTHLIGHT, "--per-key", "601").line.replace("all keys together", "all together")
    assert demo.ok("keys", "limits", NORTHLIGHT, "--per-key", "default", "--all", "default", "--json").json == said


@pytest.mark.parametrize("command", [("policy", "5"), ("limits", "5"), ("usage", "--organization", "5")])
def test_an_unknown_organization_has_neither_policy_nor_limits_nor_use(demo: CommandLine, command: tuple[str, ...]) -> None:
    assert "no such organization" in demo("keys", *command).line


@pytest.mark.parametrize("show", ["live", "active", "stopped", "expiring", "ended", "unused"])
def test_the_list_is_filtered(demo: CommandLine, show: str) -> None:
    every = demo.ok("keys", "list", "--organization", NORTHLIGHT, "--json").json
    some = demo.ok("keys", "list", "--organization", NORTHLIGHT, "--show", show, "--json").json
    ended = {"expired", "revoked"}
    if show == "ended":
        assert {key["state"] for key in some} == ended
    else:
        assert not {key["state"] for key in some} & ended
    assert [key for key in every if key in some] == some
    words = {"live": {"active", "disabled", "leaked"}, "active": {"active"}, "stopped": {"disabled", "leaked"}}
    if show in words:
        assert some == [key for key in every if key["state"] in words[show]]


def test_usage_is_told_by_day_of_a_key_and_of_all(demo: CommandLine) -> None:
    listed = demo.ok("keys", "list", "--organization", NORTHLIGHT, "--json").json
    keys = [key["keyId"] for key in listed]
    days = [demo.ok("keys", "usage", key_id, "--days", "5", "--json").json for key_id in keys]
    together = demo.ok("keys", "usage", "--organization", NORTHLIGHT, "--days", "5", "--json").json
    assert len(together) == 5
    for number, day in enumerate(together):
        assert day["ok"] == sum(of_key[number]["ok"] for of_key in days)
        assert day["peak"] == max(of_key[number]["peak"] for of_key in days)
    rows = list(csv.DictReader(StringIO(demo.ok("keys", "usage", "--organization", NORTHLIGHT, "--days", "5", "--csv").out)))
    assert [(row["day"], int(row["points"])) for row in rows] == [(day["day"], day["points"]) for day in together]
    assert demo.ok("keys", "usage", keys[0], "--days", "5").out.split()[:7] == list(rows[0])


@pytest.mark.parametrize("arguments", [(), ("key_1", "--organization", "1"), ("key_1", "--csv", "--json")])
def test_usage_is_of_one_thing_in_one_form(demo: CommandLine, arguments: tuple[str, ...]) -> None:
    assert demo("keys", "usage", *arguments).code == 2


def test_peppers_tell_how_many_tokens_need_them(migrated: CommandLine) -> None:
    old, new = migrated.environ["PORTAL_PEPPERS"], secrets.token_urlsafe(48)
    migrated.ok("demo")
    (before,) = migrated.ok("keys", "pepper-status", "--json").json
    assert (before["number"], before["needed"], before["known"], before["newest"]) == (1, True, True, True)
    assert 0 < before["working"] < before["tokens"]
    first, second = migrated.ok("keys", "pepper-status", "--json", PORTAL_PEPPERS=f"{old},2:{new}").json
    assert first == before | {"newest": False}
    assert (second["number"], second["tokens"], second["newest"]) == (2, 0, True)
    said = migrated.ok("keys", "pepper-status", PORTAL_PEPPERS=f"2:{new}").out
    assert f"pepper 1: {before['tokens']} tokens, {before['working']} of them working; MISSING, and needed" in said
    assert "pepper 2: 0 tokens" in said


def test_a_token_leads_to_its_key_and_only_its_beginning_is_looked_at(demo: CommandLine, issued: Issued) -> None:
    key = issued("--grant", "networks:read")
    token, secret = key["token"], key["token"][19:]
    for arguments, stdin in (((), f"curl -H 'Authorization: Bearer {token}'\n"), ((token[:18],), ""), ((token[6:18],), "")):
        said = demo.ok("keys", "find", *arguments, "--json", stdin=stdin)
        assert (said.json["keyId"], said.json["tokenId"], said.json["state"]) == (key["keyId"], token[6:18], "active")
        assert secret not in said.out + said.err
        assert said.err == ""


def test_a_whole_token_as_an_argument_is_found_with_a_warning(demo: CommandLine, issued: Issued) -> None:
    token = issued("--grant", "networks:read")["token"]
    said = demo.ok("keys", "find", token)
    assert "Other users of this machine can see a command's arguments." in said.err
    assert "is a token of robot" in said.err
    assert token[19:] not in said.out + said.err


@pytest.mark.parametrize(("text", "words"), [("pport_000000000000", "No API key has such a token."), ("nothing", "A token begins with")])
def test_what_is_no_token_of_a_key_isnt_found(demo: CommandLine, text: str, words: str) -> None:
    assert words in demo("keys", "find", stdin=text).line
