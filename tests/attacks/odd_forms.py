"""What every form takes, so that each field of it can be made odd; a test compares the names with the forms' own fields."""

from collections.abc import Collection
from dataclasses import dataclass

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

    @property
    def names(self) -> Collection[str]:
        return self.fields if self.odd is None else self.odd


def submissions(key: Robot, changed: int) -> list[Submission]:
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
    ]
