"""`portal keys issue`, `list` and `revoke`."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click import UsageError
from click.testing import CliRunner

from portal.access.permissions import Permission
from portal.api_keys.templates import TEMPLATES
from portal.api_keys.token import read_token
from portal.cli import portal
from portal.cli.keys.grant_option import unite
from tests.commands import CommandLine
from tests.demo import NORTHLIGHT

Issued = Callable[..., dict[str, Any]]
OURS = ("--organization", NORTHLIGHT, "--notify", "noc@example.net", "--name", "robot")


NETWORK_64500, NETWORK_64501 = 1000000068, 1000000088  # ids in the demo


def test_the_token_alone_stands_on_standard_output(demo: CommandLine) -> None:
    said = demo.ok("keys", "issue", *OURS, "--grant", "networks:read")
    assert read_token(said.out.removesuffix("\n")) is not None
    assert said.out.strip() not in said.err


def test_json_says_what_was_issued(issued: Issued) -> None:
    said = issued("--grant", "networks:read", "--expires-in", "30")
    assert set(said) == {"token", "keyId", "name", "organization", "expiresAt", "grants", "addresses", "points"}
    last_day = (datetime.now(UTC) + timedelta(days=30)).date()
    assert (said["name"], said["organization"], said["grants"]) == ("robot", int(NORTHLIGHT), ["networks:read"])
    assert said["expiresAt"] == f"{last_day}T23:59:59Z"


def test_the_token_is_stored_nowhere(demo: CommandLine, issued: Issued) -> None:
    token = read_token(issued("--grant", "networks:read")["token"])
    assert token is not None
    assert [path.name for path in demo.data.iterdir() if token.secret.encode() in path.read_bytes()] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_grants_what_it_says(name: str) -> None:
    assert unite([name], []) == dict.fromkeys(TEMPLATES[name].permissions)


def test_a_grant_says_it_more_closely_than_a_template_and_several_add_up() -> None:
    update, read = Permission.NETWORKS_UPDATE, Permission.NETWORKS_READ
    some = [(update, frozenset({20})), (update, frozenset({25}))]
    assert unite(["keep-records-current"], some)[update] == frozenset({20, 25})
    assert unite([], [(update, None), (read, None), (update, None)]) == {update: None, read: None}


@pytest.mark.parametrize("turned", [1, -1])
def test_all_of_ours_and_chosen_ones_contradict_each_other(turned: int) -> None:
    update, some = Permission.NETWORKS_UPDATE, frozenset({20})
    with pytest.raises(UsageError, match="both for all of ours and for chosen ones"):
        unite([], [(update, some), (update, None)][::turned])
    with pytest.raises(UsageError, match="--template gives networks:update for all of ours, --copy-from for chosen ones"):
        unite(["keep-records-current"], [], {update: some})
    for objects in (some, None):
        assert unite(["keep-records-current"], [(update, objects)], {update: some})[update] == objects
    assert unite(["find-peers"], [], {update: some})[update] == some


def test_templates_and_grants_add_up_and_chosen_objects_narrow(demo: CommandLine, issued: Issued) -> None:
    ids = objects_of(demo, "networks:update")
    grants = [part for one in ids for part in ("--grant", f"networks:update={one}")]
    said = issued("--template", "contacts-only", "--template", "keep-records-current", *grants)
    assert f"networks:update {','.join(ids)}" in said["grants"]
    assert "contacts:update" in said["grants"]


def test_networks_are_chosen_by_asn_or_by_tag_and_id(demo: CommandLine, issued: Issued) -> None:
    chosen = issued("--grant", "networks:update=AS64500,as64501", "--grant", f"contacts:update=net:{NETWORK_64500}")
    assert chosen["grants"] == [f"contacts:update {NETWORK_64500}", f"networks:update {NETWORK_64500},{NETWORK_64501}"]
    edited = demo.ok("keys", "edit", chosen["keyId"], "--grant", "networks:update=AS64501", "--json").json
    assert f"networks:update {NETWORK_64501}" in edited["grants"]
    said = demo("keys", "issue", *OURS, "--grant", "networks:update=AS64509")
    assert (said.code, said.line) == (1, f"Error: AS64509 isn't a network of organization {NORTHLIGHT}.")


def test_a_key_ends_on_a_named_day(demo: CommandLine, issued: Issued) -> None:
    day = (datetime.now(UTC) + timedelta(days=40)).date()
    key = issued("--grant", "networks:read", "--expires-on", day.isoformat())
    assert key["expiresAt"] == f"{day}T23:59:59Z"
    later = day + timedelta(days=1)
    assert demo.ok("keys", "rotate", key["keyId"], "--expires-on", later.isoformat(), "--json").json["expiresAt"] == f"{later}T23:59:59Z"
    said = demo("keys", "issue", *OURS, "--grant", "networks:read", "--expires-on", day.isoformat(), "--never")
    assert (said.code, said.out) == (2, "")


def test_a_key_is_shown_only_as_one_of_the_organization_that_is_named(demo: CommandLine, issued: Issued) -> None:
    key = issued("--grant", "networks:read")["keyId"]
    assert demo.ok("keys", "show", key, "--organization", NORTHLIGHT, "--json").json["keyId"] == key
    assert demo("keys", "show", key, "--organization", "5").line == f"Error: There is no such API key: {key}."


def objects_of(demo: CommandLine, permission: str) -> list[str]:
    """The ids that a key of the demo names."""
    listed = demo.ok("keys", "list", "--organization", NORTHLIGHT, "--json").json
    lines: list[str] = [grant for key in listed for grant in key["grants"] if grant.startswith(f"{permission} ")]
    return lines[0].partition(" ")[2].split(",")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--grant, --template or --copy-from"),
        (("--grant", "networks"), "nothing that an API key can hold"),
        (("--grant", "keys:manage"), "nothing that an API key can hold"),
        (("--grant", "networks:read=20"), "has no list of objects"),
        (("--grant", "networks:update="), "by ASN or id, as in networks:update=AS64500,net:25"),
        (("--grant", "networks:update=ix:25"), "by ASN or id"),
        (("--grant", "exchanges:update=AS20"), "by id, as in exchanges:update=20,ix:25"),
        (("--template", "everything"), "'everything' is not one of"),
        (("--grant", "networks:read", "--expires-in", "36501"), "is not in the range"),
        (("--grant", "networks:read", "--points", "many"), "is not a valid integer"),
    ],
)
def test_a_wrong_call_ends_with_2(arguments: tuple[str, ...], words: str) -> None:
    said = CliRunner().invoke(portal, ["keys", "issue", *OURS, *arguments])
    assert (said.exit_code, said.stdout) == (2, "")
    assert words in " ".join(said.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--grant", "networks:update=5"), "Not of this organization"),
        (("--grant", "networks:read", "--organization", "5"), "no such organization"),
        (("--grant", "networks:read", "--name", "Looking glass"), "has this name"),
        (("--grant", "networks:read", "--notify", "noc"), "isn't an e-mail address"),
        (("--grant", "networks:read", "--name", " "), "Give the key a name"),
        (("--grant", "networks:read", "--never"), "requires every API key to expire"),
        (("--grant", "networks:read", "--expires-in", "400"), "at most 366 days"),
        (("--grant", "networks:read", "--address", "192.0.2.1/24"), "192.0.2.1/24"),
        (("--grant", "networks:read", "--points", "1001"), "1 to 1000 points"),
        (("--copy-from", "key_nonesuch0000"), "no such API key: key_nonesuch0000"),
    ],
)
def test_what_the_rules_refuse_ends_with_1(demo: CommandLine, arguments: tuple[str, ...], words: str) -> None:
    said = demo("keys", "issue", *OURS, *arguments)
    assert (said.code, said.out) == (1, "")
    assert words in said.line


def test_the_list_shows_ended_keys_too_and_only_the_organizations(demo: CommandLine) -> None:
    listed = demo.ok("keys", "list", "--organization", NORTHLIGHT, "--json").json
    assert {key["state"] for key in listed} == {"active", "expired", "disabled", "leaked", "revoked"}
    assert {key["organization"] for key in listed} == {int(NORTHLIGHT)}
    lines = demo.ok("keys", "list", "--organization", NORTHLIGHT).out.splitlines()
    assert [line.split()[0] for line in lines] == [key["keyId"] for key in listed]
    assert not re.search(r"pport_", "".join(lines))


def test_an_unknown_organization_has_no_list(demo: CommandLine) -> None:
    said = demo("keys", "list", "--organization", "5")
    assert said.code == 1
    assert "no such organization" in said.line


def test_a_revoked_key_is_listed_so_and_cant_be_revoked_again(demo: CommandLine, issued: Issued) -> None:
    key_id = issued("--grant", "networks:read")["keyId"]
    (said,) = demo.ok("keys", "revoke", key_id, "--reason", "the test is over", "--json").json
    assert (said["keyId"], said["organization"]) == (key_id, int(NORTHLIGHT))
    listed = {key["keyId"]: key["state"] for key in demo.ok("keys", "list", "--organization", NORTHLIGHT, "--json").json}
    assert listed[key_id] == "revoked"
    assert "is revoked" in demo("keys", "revoke", key_id).line


def test_several_keys_are_revoked_with_one_act_or_none_is(demo: CommandLine, issued: Issued) -> None:
    first, second = (issued("--grant", "networks:read", name=name)["keyId"] for name in ("first", "second"))
    assert demo("keys", "revoke", first, "key_nonesuch0000", second).line.endswith("Nothing was revoked.")
    listed = {key["keyId"]: key["state"] for key in demo.ok("keys", "list", "--organization", NORTHLIGHT, "--json").json}
    assert (listed[first], listed[second]) == ("active", "active")
    said = demo.ok("keys", "revoke", first, second, first)
    assert said.err == f"Revoked first ({first}).\nRevoked second ({second}).\n"


def test_an_unknown_key_cant_be_revoked(demo: CommandLine) -> None:
    said = demo("keys", "revoke", "key_nonesuch0000")
    assert said.code == 1
    assert "no such API key" in said.line
