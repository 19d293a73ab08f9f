"""What a key will be able to do and what not, in sentences, before it exists or is widened."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from portal.access.permissions import GRANTABLE, RULES, Permission
from portal.access.principal import Principal
from portal.access.require import require
from portal.api_keys.difference import Change, Terms, differences
from portal.api_keys.grants import Grants, describe_grants
from portal.api_keys.lifecycle.draft import Draft
from portal.api_keys.queries.detail import Detail
from portal.api_keys.review.dry_run import DryRun, Names, dry_run, names_of
from portal.api_keys.wording import either, join, name_some, singular
from portal.registry.types import OBJECT_TYPES

READABLE = tuple(permission for permission in GRANTABLE if permission.action == "read" and RULES[permission].directory)
PRIVATE = {
    Permission.NETWORKS_READ_PRIVATE: ("the private notes of {}", "network"),
    Permission.EXCHANGES_READ_PRIVATE: ("the private member lists of {}", "peering LAN"),
    Permission.CONTACTS_READ_PRIVATE: ("{}", "private contact"),
}
HIDDEN = {"networks": "private notes", "exchanges": "private member lists", "contacts": "private contacts"}
WRITES = ("create", "update", "delete")
WRITABLE = tuple(permission.resource for permission in GRANTABLE if permission.action == "create")
OTHERS = tuple(permission for permission in GRANTABLE if permission.resource not in WRITABLE)


@dataclass(frozen=True)
class Review:
    """Sentences. `warnings`: of grants that come to nothing as they are."""

    can: Sequence[str]
    cannot: Sequence[str]
    warnings: Sequence[str]


def review(connection: Connection, principal: Principal, organization_id: int, grants: Grants) -> Review:
    """With real counts. Raises what require() does."""
    run = dry_run(connection, principal, organization_id, grants)
    others = [RULES[permission].says for permission in OTHERS if permission in grants]
    can = [*say_directory(grants, run), *say_contacts(grants, run), *say_private(grants, run), *say_writes(grants, run), *others]
    return Review(can, say_cannot(grants), say_warnings(grants))


def review_edit(connection: Connection, principal: Principal, organization_id: int, before: Detail, draft: Draft) -> list[Change]:
    """What saving the draft would change about the key. Raises what require() does."""
    require(principal, Permission.KEYS_MANAGE, organization_id)
    key, names = before.key, names_of(connection, principal, organization_id, before.grants, draft.grants)
    was = Terms(key.expires_at.date() if key.expires_at else None, before.grants, key.addresses or (), key.points)
    becomes = Terms(draft.expires_on, draft.grants, draft.addresses, draft.points)
    return [*say_description(before, draft), *differences(was, becomes, key.policy, names)]


def say_description(before: Detail, draft: Draft) -> list[Change]:
    name, note, email = " ".join(draft.name.split()), draft.note.strip(), draft.notify_email.strip()
    said = []
    if name != before.key.name:
        said.append(f'It is called "{name}" instead of "{before.key.name}".')
    if same_lines(note) != same_lines(before.key.note):
        said.append("Its note changes." if note else "Its note is removed.")
    if email != before.notify_email:
        said.append(f"E-mails about it go to {email} instead of {before.notify_email}.")
    return [Change(text, False) for text in said]


def say_directory(grants: Grants, run: DryRun) -> list[str]:
    """ "Read every organization's records: 35,000 networks (2 ours) and 1,200 exchanges"."""
    reads = [resource for resource in OBJECT_TYPES if f"{resource}:read" in grants]
    if not reads:
        return []
    counts = [count(run.seen[OBJECT_TYPES[resource].tag], resource) + count_ours(run.own[resource]) for resource in reads]
    return [f"Read every organization's records: {join(counts)}"]


def say_contacts(grants: Grants, run: DryRun) -> list[str]:
    if Permission.CONTACTS_READ not in grants:
        return []
    private = run.private[Permission.CONTACTS_READ_PRIVATE]
    seen, own = run.seen["poc"] - private, run.own["contacts"] - private
    return [f"Read {count(seen, 'contacts')} marked Public or Users{count_ours(own)}"]


def say_private(grants: Grants, run: DryRun) -> list[str]:
    said = []
    for permission, (words, noun) in PRIVATE.items():
        if permission in grants:
            number = run.private[permission]
            what = words.format(f"{number:,} {noun}{'' if number == 1 else 's'} of ours")
            said.append(f"Read {what}{say_among(permission, grants, run.names)}")
    return said


def say_among(permission: Permission, grants: Grants, names: Names) -> str:
    chosen = grants[permission]
    return f", among {name_some(labels(permission, chosen, names))}" if chosen is not None else ""


def say_writes(grants: Grants, run: DryRun) -> list[str]:
    """Of each act on our objects whether it is all of them, how many that are now, or which."""
    said = []
    for permission in (granted for granted in GRANTABLE if granted in grants and granted.action in WRITES and granted.resource in WRITABLE):
        act, noun, chosen = permission.action.capitalize(), permission.resource, grants[permission]
        if permission.action == "create":
            said.append(f"Create {noun}{' of our networks' if noun == 'contacts' else ''}")
        elif chosen is None:
            said.append(f"{act} all our {noun}: {run.ours[noun]:,} now, and any added later")
        else:
            which = name_some(labels(permission, chosen, run.names))
            said.append(f"{act} only {'the contacts of ' if noun == 'contacts' else ''}{which}")
    return said


def labels(permission: Permission, chosen: frozenset[int], names: Names) -> list[str]:
    """By name; what isn't the organization's any more by its number."""
    label_of = names.get(permission.resource, {})
    others = [f"number {identity}" for identity in sorted(chosen - label_of.keys())]
    return [label_of[identity] for identity in label_of if identity in chosen] + others


def say_cannot(grants: Grants) -> list[str]:
    said = [f"Read {either(missing)}"] if (missing := [readable.resource for readable in READABLE if readable not in grants]) else []
    hidden = [words for resource, words in HIDDEN.items() if f"{resource}:read_private" not in grants]
    if hidden:
        said.append("Read anything private" if len(hidden) == len(HIDDEN) else f"Read {either(hidden)}")
    lacking = {act: [noun for noun in WRITABLE if f"{noun}:{act}" not in grants] for act in WRITES}
    never = [act for act in WRITES if len(lacking[act]) == len(WRITABLE)]
    if never:
        said.append(f"{either(never).capitalize()} anything")
    said += [f"{act.capitalize()} {either(lacking[act])}" for act in WRITES if lacking[act] and act not in never]
    said += [RULES[permission].says for permission in OTHERS if permission not in grants]
    return [*said, "Manage API keys, members or policy: no key ever can"]


def say_warnings(grants: Grants) -> list[str]:
    """Combinations that are surely not meant."""
    said = []
    for resource in WRITABLE:
        if f"{resource}:read" in grants:
            continue
        if f"{resource}:read_private" in grants and resource != "contacts":
            said.append(f"{resource}:read_private shows nothing without {resource}:read.")
        if acts := [act for act in WRITES if f"{resource}:{act}" in grants]:
            said.append(f"It may {either(acts)} {resource}, but not read them: that needs {resource}:read.")
    return said


def count(number: int, noun: str) -> str:
    return f"{number:,} {singular(noun, number)}"


def count_ours(number: int) -> str:
    return f" ({number:,} ours)" if number else ""


def fingerprint(draft: Draft) -> str:
    """Equal for drafts that make the same key: what is created is what was reviewed."""
    values = (draft.name, draft.notify_email, draft.expires_on, same_lines(draft.note), draft.points, list(draft.addresses))
    return hashlib.sha256(repr((values, describe_grants(draft.grants))).encode()).hexdigest()[:32]


def same_lines(text: str) -> str:
    """Browsers send other line ends than they were given."""
    return "\n".join(text.splitlines())
