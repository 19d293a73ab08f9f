"""Why a token is refused: what its holder is told, and what the account of refusals says."""

from enum import StrEnum

from portal.errors import Unauthenticated


class Reason(StrEnum):
    """One word for the account; `TokenRefused` has what the caller is told."""

    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    SECRET = "secret"  # noqa: S105 - the word for a wrong one
    EXPIRED = "expired"
    REVOKED = "revoked"
    DISABLED = "disabled"
    FROZEN = "frozen"
    LEAKED = "leaked"
    RETIRED = "retired"
    ADDRESS = "address"


MESSAGES = {
    Reason.EXPIRED: "This API key has expired. An admin of its organization can extend it.",
    Reason.REVOKED: "This API key was revoked. An admin of its organization can create a new one.",
    Reason.DISABLED: "This API key is disabled. An admin of its organization can enable it.",
    Reason.FROZEN: "The API keys of this organization are frozen. An admin of the organization can tell why.",
    Reason.LEAKED: "This token was reported as leaked and has ended. An admin of its organization can make a new one.",
    Reason.RETIRED: "This token has ended because its API key was rotated. Use the key's newest token.",
}
# What the account of refusals says to who may know.
REASON_LABELS = {
    Reason.MALFORMED: "not a token",
    Reason.UNKNOWN: "unknown token",
    Reason.SECRET: "wrong secret",
    Reason.EXPIRED: "expired key",
    Reason.REVOKED: "revoked key",
    Reason.DISABLED: "disabled key",
    Reason.FROZEN: "frozen keys",
    Reason.LEAKED: "leaked token",
    Reason.RETIRED: "old token",
    Reason.ADDRESS: "address that isn't allowed",
}


def unknown_message(address: str) -> str:
    """Returns what the caller of an unknown token, a wrong secret and an address outside the key's list are all told."""
    place = "your address" if address in {"", "unknown"} else address
    return (
        f"This token isn't valid, or its API key doesn't allow requests from {place}: check that the whole token was "
        "copied, and that the key's address list contains this address."
    )


class TokenRefused(Unauthenticated):
    """A token that isn't admitted from an address. `key_id` and `token_id` are set where the key is known; the message never tells them.

    A wrong secret and an address outside the key's list get the message of an unknown token: nothing confirms a secret to a thief.
    """

    def __init__(self, reason: Reason, key_id: str = "", token_id: str = "", address: str = "") -> None:
        super().__init__(MESSAGES.get(reason) or unknown_message(address))
        self.reason = reason
        self.key_id = key_id
        self.token_id = token_id
