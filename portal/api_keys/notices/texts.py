"""The words of the e-mails about API keys: what happened, by whom, and what to do. A token's public id stands in them, never a secret."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.api_keys.grants import grants_of
from portal.api_keys.wording import count_objects, say_access
from portal.mails.outbox import PUBLIC_URL, one_line
from portal.models import ApiKey, ApiKeyToken
from portal.registry.organizations import Organization


@dataclass(frozen=True)
class Letter:
    """An e-mail before it has a recipient."""

    subject: str
    text: str


@dataclass(frozen=True)
class Owner:
    """The organization, by a name that has one line, whatever was imported."""

    id: int
    name: str


def owner_of(organization: Organization) -> Owner:
    return Owner(organization.id, one_line(organization.name))


def letter(subject: str, *paragraphs: str) -> Letter:
    return Letter(subject, "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n")


def issued(key: ApiKey, organization: Owner, by: str) -> Letter:
    return letter(
        f'API key "{key.name}" of {organization.name} was created',
        f'{by} created the API key "{key.name}" of {organization.name} on {moment(key.created)}.',
        f"What it may do: {say_access(count_objects(grants_of(key)))}.\nHow long it works: {until(key)}.",
        f"If no one at {organization.name} should have created it, revoke it now:\n{page(key, 'revoke')}",
        look_at(key),
        why(organization),
    )


def rotated(key: ApiKey, organization: Owner, by: str, new_id: str, leaving: ApiKeyToken) -> Letter:
    return letter(
        f'API key "{key.name}" of {organization.name} was rotated',
        f'{by} made a new token for the API key "{key.name}" of {organization.name} on {moment(key.tokens[-1].created)}.',
        f"The new token begins with pport_{new_id}, the old one with pport_{leaving.token_id}. {overlap(leaving)}",
        f"Whatever uses the old token needs the new one by then. The key's page shows when each was last used:\n{page(key)}",
        f"If no one at {organization.name} should have rotated it, revoke the key:\n{page(key, 'revoke')}",
        why(organization),
    )


def rotated_itself(
    key: ApiKey, organization: Owner, new_id: str, leaving: ApiKeyToken, ended: Sequence[ApiKeyToken], address: str
) -> Letter:
    return letter(
        f'API key "{key.name}" of {organization.name} rotated itself',
        f'The API key "{key.name}" of {organization.name} got itself a new token on {moment(key.tokens[-1].created)}, by a request from '
        f"the address {address or 'unknown'} with its token pport_{leaving.token_id}.",
        f"The new token begins with pport_{new_id}. {overlap(leaving)}",
        f"These tokens have ended: {', '.join(f'pport_{token.token_id}' for token in ended)}." if ended else "",
        f"If no program of {organization.name} should have done this, revoke the key:\n{page(key, 'revoke')}",
        look_at(key),
        why(organization),
    )


def rotation_refused(key: ApiKey, organization: Owner, token: ApiKeyToken, address: str) -> Letter:
    return letter(
        f'An old token of API key "{key.name}" of {organization.name} can\'t rotate it',
        f'A request from the address {address or "unknown"} tried to rotate the API key "{key.name}" of {organization.name} with the old '
        f"token that begins with pport_{token.token_id}. It was refused, because a newer token replaced this one. The key wasn't changed.",
        f"For other requests the old token works until {moment(token.retires_at)} at the latest.",
        "Either a program of yours still has the old token, and needs the new one, or someone found it. If someone found it, end it now:\n"
        f"{page(key, 'end-old-token')}",
        "We write about each old token only once.",
        why(organization),
    )


def retired(key: ApiKey, organization: Owner, by: str, token: ApiKeyToken) -> Letter:
    return letter(
        f'The old token of API key "{key.name}" of {organization.name} was ended',
        f'{by} ended the old token of the API key "{key.name}" of {organization.name} before its time. '
        f"It begins with pport_{token.token_id}.",
        f"Whatever still uses it is refused from now on, and needs the key's newest token. The key's page shows when that was last used:\n"
        f"{page(key)}",
        why(organization),
    )


def revoked(key: ApiKey, organization: Owner, by: str) -> Letter:
    reason = " ".join(key.revoked_reason.split())
    return letter(
        f'API key "{key.name}" of {organization.name} was revoked',
        f'{by} revoked the API key "{key.name}" of {organization.name} on {moment(key.revoked_at)}.',
        f"The reason that was given: {reason}" if reason else "",
        f"Whatever uses it is refused from now on. {last_used(key)} A revoked key can't be brought back; an admin can create another one:\n"
        f"{all_keys(organization)}/new",
        look_at(key),
        why(organization),
    )


def several_revoked(keys: Sequence[ApiKey], organization: Owner, by: str) -> Letter:
    reason = " ".join(keys[0].revoked_reason.split())
    count = f"{len(keys)} API keys" if len(keys) > 1 else "An API key"
    return letter(
        f"{count} of {organization.name} {'were' if len(keys) > 1 else 'was'} revoked",
        f"{by} revoked {len(keys)} of the API keys of {organization.name} on {moment(keys[0].revoked_at)}:",
        "\n".join(f"- {key.name} ({key.id}). {last_used(key)}" for key in keys),
        f"The reason that was given: {reason}" if reason else "",
        f"Whatever uses them is refused from now on. They can't be brought back; an admin can create others:\n{all_keys(organization)}",
        f"You get this e-mail as an admin of {organization.name}, or because these keys name your address for e-mails about them.",
    )


def leaked(key: ApiKey, organization: Owner, token: ApiKeyToken, address: str) -> Letter:
    return letter(
        f'A token of API key "{key.name}" of {organization.name} leaked and was ended',
        f"Someone who holds a whole token reported it as leaked on {moment(token.leaked_at)}, from the address {address or 'unknown'}. "
        f'It begins with pport_{token.token_id} and belongs to the API key "{key.name}" of {organization.name}.',
        f"We ended this token at once: whatever still uses it is refused. {goes_on(key, token)}",
        f"Find out where it was exposed, and check what was done with the key:\n{page(key)}",
        why(organization),
    )


def came_back(key: ApiKey, organization: Owner, token_id: str, address: str) -> Letter:
    return letter(
        f'An old token of API key "{key.name}" of {organization.name} is still used',
        f'An old token of the API key "{key.name}" of {organization.name} was sent again, from the address {address or "unknown"}. '
        f"It begins with pport_{token_id}. It was refused, and the key's newer token isn't touched.",
        "Either a program of yours still has the old token, and needs the new one, or someone found it. The key's page shows more:\n"
        f"{page(key)}",
        "We write about each old token only once.",
        why(organization),
    )


def expiring(key: ApiKey, organization: Owner, last: date, days: int) -> Letter:
    when = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
    return letter(
        f'API key "{key.name}" of {organization.name} expires {when}',
        f'The API key "{key.name}" of {organization.name} expires {when}: it works to the end of {day(last)} (UTC). {last_used(key)}',
        f"If it is still needed, an admin can choose a later date; its token stays the same:\n{page(key, 'edit')}",
        "If it isn't, there is nothing to do.",
        look_at(key),
        why(organization),
    )


def unused(key: ApiKey, organization: Owner, days: int) -> Letter:
    return letter(
        f'API key "{key.name}" of {organization.name} hasn\'t been used for {days} days',
        f'The API key "{key.name}" of {organization.name} hasn\'t been used for {days} days or longer. {last_used(key)}',
        f"If nothing needs it, revoke it, so that no one else can use it:\n{page(key, 'revoke')}",
        "If it is still needed, there is nothing to do: we write again only if it is used and then unused for as long once more.",
        look_at(key),
        why(organization),
    )


def policy_changed(organization: Owner, by: str, changes: Mapping[str, int | None]) -> Letter:
    return letter(
        f"{organization.name} changed its policy for API keys",
        f"{by} changed the policy for API keys of {organization.name}. From now on:",
        "\n".join(f"- {asks(name, value)}" for name, value in changes.items()),
        f"Existing keys keep working. The policy, and the keys that don't comply with it:\n{place(organization.id)}/policy",
        f"You get this e-mail as an admin of {organization.name}.",
    )


def asks(name: str, value: int | None) -> str:
    """One of a policy's names and its value, as a sentence."""
    if name == "never_allowed":
        return "API keys that never expire are allowed." if value else "Every API key has to expire."
    if name == "addresses_required":
        return "Every API key must list the addresses it works from." if value else "An API key may work from any address."
    if name == "self_rotation_allowed":
        can = "API keys with the permission keys:rotate_self can"
        return f"{can} rotate themselves." if value else f"{can}'t rotate themselves."
    if name == "unused_days":
        return "Unused keys aren't reported." if value is None else f"Keys unused for {value} days are reported to you."
    if name == "longest_days":
        return f"An API key expires at most {value} days after its expiry is set."
    whose = "An API key has" if name == "key_points" else "All API keys together have"
    return f"{whose} at most {value:,} points a minute."


def confirm(organization: Owner, path: str, days: int) -> Letter:
    """Goes to a stranger, so it contains nothing that a member of the organization could have made up."""
    return letter(
        f"Do you want e-mails about API keys of {organization.name}?",
        f"{organization.name} has named this address for e-mails about its API keys: when one is created, rotated, revoked or expiring.",
        f"If you want that, open this page and confirm, within {days} days:\n{PUBLIC_URL}{path}",
        "If you don't, or don't know what this is about, do nothing: you get no such e-mails.",
    )


def why(organization: Owner) -> str:
    return f"You get this e-mail as an admin of {organization.name}, or because the key names your address for e-mails about it."


def look_at(key: ApiKey) -> str:
    return f"The key's page:\n{page(key)}"


def page(key: ApiKey, act: str = "") -> str:
    return f"{place(key.organization_id)}/keys/{key.id}{f'/{act}' if act else ''}"


def all_keys(organization: Owner) -> str:
    return f"{place(organization.id)}/keys"


def place(organization_id: int) -> str:
    return f"{PUBLIC_URL}/organizations/{organization_id}"


def until(key: ApiKey) -> str:
    return f"to the end of {day(key.expires_at.date())} (UTC)" if key.expires_at else "it never expires"


def overlap(leaving: ApiKeyToken) -> str:
    """How long the replaced token still works."""
    if not leaving.retires_after:
        return "The old one has ended."
    hours = leaving.retires_after // 3600
    after = "1 hour" if hours == 1 else f"{hours} hours" if hours <= 24 else f"{hours // 24} days"
    return f"The old one ends {after} after the new one is first used, and at the latest on {moment(leaving.retires_at)}."


def goes_on(key: ApiKey, token: ApiKeyToken) -> str:
    """What a leaked token's end means for its key."""
    if key.revoked_at is not None:
        return "Its key was revoked already."
    if token.retires_at is not None:
        return "The key's newer token isn't touched."
    return f"If something depends on it, rotate the key and use the new token:\n{page(key, 'rotate')}"


def last_used(key: ApiKey) -> str:
    if key.last_used_at is None:
        return "It was never used."
    return f"It was last used on {moment(key.last_used_at)}{f' from {key.last_used_address}' if key.last_used_address else ''}."


def moment(at: datetime | None) -> str:
    return f"{at:%-d %B %Y at %H:%M} UTC" if at else "a day that isn't known"


def day(value: date) -> str:
    return f"{value:%-d %B %Y}"
