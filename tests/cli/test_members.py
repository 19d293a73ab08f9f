"""`portal members` and `portal delete-person`: people come and go, keys stay."""

from tests.commands import CommandLine
from tests.demo import NORTHLIGHT

ADA = ("--email", "ada@example.net")
HERE = ("--organization", NORTHLIGHT)


def roles(demo: CommandLine) -> dict[str, str]:
    return {member["email"]: member["role"] for member in demo.ok("members", "list", *HERE, "--json").json}


def test_members_are_listed_added_and_removed(demo: CommandLine) -> None:
    demo.ok("create-admin", *ADA, *HERE)
    assert roles(demo)["ada@example.net"] == "admin"
    assert "ada@example.net" in demo.ok("members", "list", *HERE).out
    assert "member of this organization already" in demo("members", "add", *ADA, *HERE, "--role", "viewer").line
    demo.ok("members", "remove", *ADA, *HERE)
    assert "ada@example.net" not in roles(demo)
    assert "no such member" in demo("members", "remove", *ADA, *HERE).line
    demo.ok("members", "add", *ADA, *HERE, "--role", "viewer")
    assert roles(demo)["ada@example.net"] == "viewer"
    assert demo.ok("members", "list", "--organization", "5").out == "No members.\n"


def test_a_deleted_persons_keys_stay(demo: CommandLine) -> None:
    before = demo.ok("keys", "list", *HERE, "--json").json
    demo.ok("delete-person", "--email", "admin@example.net")
    assert "admin@example.net" not in roles(demo)
    assert demo.ok("keys", "list", *HERE, "--json").json == before
    assert "No account" in demo("delete-person", "--email", "admin@example.net").line
