"""What every form takes, so that each field of it can be made odd; a test compares the names with the forms' own fields."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.api_keys.token import make_token, read_token
from tests.dates import in_days
from tests.people import PASSWORD, Robot

NEW_PASSWORD = "seven quiet herons at dawn"
TYPED_KEY = {
    "name": "typed",
    "note": "",
    "notify_email": "noc@example.net",
    "expires": "90",
    "expires_on": "",
    "grants": "networks:read",
    "asns": "AS64500",
    "asns_may": "networks update",
    "addresses": "192.0.2.7",
    "points": "500",
    "reviewed": "",
    "step": "",
}


@dataclass(frozen=True)
class Submission:
    """A form as a browser of ours sends it. `odd`: the fields to make odd, where not all of them are read for this button."""

    endpoint: str
    fields: dict[str, str]
    odd: Collection[str] | None = None
    place: Mapping[str, Any] = field(default_factory=dict)  # what its address names, where that isn't what every test's does

    @property
    def names(self) -> Collection[str]:
        return self.fields if self.odd is None else self.odd


def submissions(key: Robot, changed: int, network_id: int) -> list[Submission]:
    """Every form, filled in for this key, whose last change has this version."""
    token = read_token(key.token)
    assert token
    new = TYPED_KEY | {"form_id": "0" * 22, "copy": key.key_id}
    rotate = {"overlap": "24h", "expires": "same", "expires_on": "", "seen": token.token_id, "changed": str(changed)}
    policy = {"longest_days": "90", "never_allowed": "y", "unused_days": "60", "seen": "0", "reviewed": ""}
    policy |= {"addresses_required": "", "self_rotation_allowed": "y"}
    return [
        Submission("accounts.login", {"email": "alice@example.net", "password": PASSWORD}),
        Submission("accounts.logout", {}),
        Submission("accounts.confirm", {"password": PASSWORD}),
        Submission("accounts.password", {"current": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD}),
        Submission("accounts.sign_out_others", {}),
        Submission("api_keys.new", new),
        Submission("api_keys.new", new | {"step": "copy"}, ["copy"]),
        Submission("api_keys.new", new | {"step": "paste"}, ["asns", "asns_may"]),
        Submission("api_keys.env", {"token": key.token}),
        Submission("api_keys.edit", TYPED_KEY | {"expires": "date", "expires_on": f"{in_days(30)}", "seen": str(changed)}),
        Submission("api_keys.rotate", rotate),
        Submission("api_keys.retire", {"seen": token.token_id, "sure": "y"}),
        Submission("api_keys.revoke", {"reason": "done", "sure": "y"}),
        Submission("api_keys.find", {"token": key.token}),
        Submission("api_keys.bulk", {"act": "disable", "key": key.key_id, "do": "1", "reason": "", "sure": "y"}),
        Submission("api_keys.bulk", {"act": "revoke", "all": "active"}, ["all"]),
        Submission("api_keys.disable", {}),
        Submission("api_keys.enable", {}),
        Submission("api_keys.freeze", {}),
        Submission("api_keys.thaw", {}),
        Submission("api_key_policy.edit", policy),
        Submission("api_key_policy.edit", policy | {"reviewed": "90-True-False-True-60"}, ["seen"]),
        Submission(
            "playground.run", {"query": "{ viewer { address } }", "variables": "{}", "run_as": f"{key.organization_id}/{key.key_id}"}
        ),
        Submission("leaked_keys.report", {"text": make_token().reveal()}),
        Submission("notify_addresses.confirm", {}),
        Submission("notify_addresses.ask_again", {}),
        *submissions_of_records(key.organization_id, network_id),
    ]


def submissions_of_records(organization_id: int, network_id: int) -> list[Submission]:
    """A field of each kind that the forms of records have; which columns they are for is the registry's."""
    whole = {"version": "1", "opened": '{"name": ""}'}
    network = whole | {"name": "Odd Net", "info_types": "Content", "info_prefixes4": "20", "policy_general": "Open", "info_ipv6": "y"}
    network |= {"social_media": "x example", "notes": "one", "keep-name": "mine"}
    organization = whole | {"name": "Odd Org", "latitude": "47.3"}
    port = whole | {"place": "", "ipaddr4": "198.51.100.77", "speed": "10000"}
    own = {"path": "organizations", "record_id": organization_id}
    return [
        Submission("records.edit", network),
        Submission("records.edit", organization, ["latitude"], own),
        Submission("records.new", port, ["place", "ipaddr4", "speed"], {"path": "ports", "below": network_id}),
        Submission("records.keep", {}),
        Submission("records.confirm", {}),
        Submission("records.follow", {}),
        Submission("records.delete", {"version": "1"}),
    ]
