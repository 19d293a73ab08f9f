"""What a key may do, in words that a person reads at a glance."""

from collections.abc import Mapping

from portal.permissions import Permission

Access = Mapping[Permission, int | None]
VERBS = {"read": "reads", "read_private": "reads our private", "create": "creates", "update": "updates", "delete": "deletes"}
NOUNS = {"usage": "usage", "audit": "activity", "organization": "organization details"}


def say_access(access: Access) -> str:
    """Permission → number of chosen objects, None for all of ours: "Reads networks and contacts; updates 3 networks"."""
    said = []
    for action, verb in VERBS.items():
        things = [
            say_things(permission, access[permission]) for permission in Permission if permission in access and permission.action == action
        ]
        if things:
            said.append(f"{verb} {join(things)}")
    text = "; ".join(said) or "nothing"
    return text[0].upper() + text[1:]


def say_things(permission: Permission, chosen: int | None) -> str:
    """One permission's objects: "networks", "all our networks", "3 networks", "contacts of 1 network"."""
    noun = NOUNS.get(permission.resource, permission.resource)
    if chosen is not None:
        of = "contacts of " if permission is not Permission.CONTACTS_READ_PRIVATE and noun == "contacts" else ""
        counted = "networks" if noun == "contacts" else noun
        return f"{of}{chosen} {counted if chosen != 1 else singular(counted)}"
    if permission.action in {"update", "delete"}:
        return f"our {noun}" if noun in NOUNS.values() else f"all our {noun}"
    return noun


def singular(noun: str) -> str:
    """Of the resources' English plurals."""
    irregular = {"facilities": "facility", "campuses": "campus"}
    return irregular.get(noun, noun.removesuffix("s"))


def join(parts: list[str]) -> str:
    """As in "networks, exchanges and contacts"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def count_objects(grants: Mapping[Permission, frozenset[int] | None]) -> Access:
    """Grants as say_access() wants them."""
    return {permission: None if objects is None else len(objects) for permission, objects in grants.items()}
