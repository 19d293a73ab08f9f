"""What an audit row says, in a sentence and without personal values."""

from collections.abc import Mapping
from typing import Any

from portal.audit.events import Event
from portal.audit.objects import Names, name_objects

PERSONAL = {"email", "notify_email", "phone", "contact_name"}
LAST_DAY_FIELD = "expires_on"  # what can be edited while a key is rotated
EDITING = (".edited", "policy_changed", "limits_changed")  # how events end whose details are pairs of before and after
EVENT_NAMES: dict[str, str] = {
    Event.API_KEY_ISSUED: "API key: created",
    Event.API_KEY_RETIRED: "API key: old token ended",
    Event.API_KEY_LEAKED: "API key: token reported as leaked",
    Event.API_KEY_ACTED_AS: "API key: used in playground",
}
DETAIL_NAMES = {"notify_email": "notify e-mail", "email": "e-mail", "grants": "permissions", "overlap": "old token"}
OVERLAPS = {"1h": "valid for 1 hour", "24h": "valid for 24 hours", "7d": "valid for 7 days", "now": "stopped at once"}
OF_THE_PORTAL = ("registry.", "audit.")  # how events begin that concern no organization
NOUNS = {"api_key": "API key", "organization": "organization", "registry": "registry"}
PHRASES: dict[str, str] = {
    Event.API_KEY_ISSUED: "created the API key",
    Event.API_KEY_EDITED: "changed the API key",
    Event.API_KEY_RETIRED: "ended the old token of the API key",
    Event.API_KEY_LEAKED: "revoked a leaked token of the API key",
    Event.API_KEY_ACTED_AS: "ran queries in the playground as the API key",
    Event.NOTIFY_ADDRESS_CONFIRMED: "confirmed a notify address of",
    Event.PERSON_CREATED: "created the account of",
    Event.PERSON_DELETED: "deleted the account of",
    Event.PERSON_PASSWORD_CHANGED: "changed the password of",
    Event.PERSON_PASSWORD_RESET: "reset the password of",
    Event.REGISTRY_IMPORTED: "imported",
    Event.REGISTRY_DEMO_BUILT: "built",
    Event.REGISTRY_RESTORED: "restored the registry from",
    Event.REGISTRY_REPAIRED: "repaired the registry's",
    Event.NETWORK_DECLARED: "applied a declaration to",
    Event.RECORD_CREATED: "created",
    Event.RECORD_UPDATED: "changed",
    Event.RECORD_DELETED: "deleted",
    Event.RECORD_KEPT: "took over from the import",
    Event.RECORD_FOLLOWS: "gave back to the import",
    Event.RECORD_CONFIRMED: "confirmed",
    Event.AUDIT_PRUNED: "pruned the audit",
    Event.AUDIT_REKEYED: "changed the key of",
    "organization.keys_frozen": "froze all API keys of",
    "organization.keys_thawed": "thawed all API keys of",
    Event.ORGANIZATION_KEY_POLICY_CHANGED: "changed the policy for API keys of",
    Event.ORGANIZATION_KEY_LIMITS_CHANGED: "changed the limits of API keys of",
}


def says(event: str) -> str:
    """What the actor did, to be followed by the object's name: "revoked the API key", "added the member"."""
    noun, _, what = event.partition(".")
    return PHRASES.get(event) or f"{what.replace('_', ' ')} the {NOUNS.get(noun, noun.replace('_', ' '))}"


def name_event(event: str) -> str:
    """For a list of choices: "API key: revoked", "Member: added"."""
    if event in EVENT_NAMES:
        return EVENT_NAMES[event]
    noun, _, what = event.partition(".")
    words = NOUNS.get(noun, noun.replace("_", " "))
    return f"{words[0].upper()}{words[1:]}: {what.replace('_', ' ')}"


def events_of_organizations() -> dict[str, str]:
    """Returns what can happen in an organization, as event → name."""
    return {event.value: name_event(event) for event in Event if not event.startswith(OF_THE_PORTAL)}


def sentence(row: Any) -> str:
    return f"{row.actor_name} {says(row.event)} {row.subject_name or row.subject_id}"


def without_personal(details: Mapping[str, Any]) -> dict[str, Any]:
    """Says of a personal value only that it was given or changed, whichever rule wrote the row."""
    return {name: hide(value) if name in PERSONAL else value for name, value in details.items()}


def hide(value: Any) -> Any:
    return value if value in ("given", "changed", ["changed"]) else "changed"


def say_details(row: Any, names: Names | None = None) -> dict[str, str]:
    """What was changed → in words: "a → b" for an edit, else what it is now. `names`: of objects that permissions list."""
    edited = row.event.endswith(EDITING)
    details = without_personal(row.details)
    if "grants" in details:
        details["grants"] = name_objects(details["grants"], names or {})
    return {
        DETAIL_NAMES.get(name, name.replace("_", " ")): say_detail(name, value, edited or name == LAST_DAY_FIELD)
        for name, value in details.items()
    }


def say_detail(name: str, value: Any, edited: bool) -> str:
    if name in PERSONAL:
        return "set" if value == "given" else "changed"
    if name == "overlap":
        return OVERLAPS.get(value, say_value(value))
    return say_change(value, edited)


def say_change(value: Any, edited: bool) -> str:
    """As in "a → b"; of lists what was added and removed: "+ facilities:read, − networks:read"."""
    if edited and isinstance(value, list) and len(value) == 2:
        before, after = value
        if isinstance(before, list) and isinstance(after, list):
            added = [f"+ {item}" for item in after if item not in before]
            return ", ".join([*added, *(f"− {item}" for item in before if item not in after)]) or "reordered"
        return f"{say_value(value[0])} → {say_value(value[1])}"
    return say_value(value)


def say_value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nothing"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {item}" for name, item in value.items()) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value in (None, "") else str(value)
