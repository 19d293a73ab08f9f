"""What a key may do, in words that a person reads at a glance."""

from collections.abc import Mapping

from portal.access.permissions import P, Permission

Access = Mapping[Permission, int | None]
VERBS = {
    "read": "reads",
    "read_private": "reads our private",
    "create": "creates",
    "update": "updates",
    "delete": "deletes",
    "rotate_self": "rotates",
}
PRIVATE = {P.NETWORKS_READ_PRIVATE: "notes", P.EXCHANGES_READ_PRIVATE: "member lists", P.CONTACTS_READ_PRIVATE: "contacts"}
NOUNS = {"usage": "usage", "audit": "activity", "organization": "organization details", "keys": "itself"}


def say_access(access: Access) -> str:
    """Permission → number of chosen objects, None for all of ours: "Reads networks and contacts; updates 3 networks"."""
    text = "; ".join(access_lines(access)) or "nothing"
    return text[0].upper() + text[1:]


def access_lines(access: Access) -> list[str]:
    """The same, one text for each verb."""
    said = []
    for action, verb in VERBS.items():
        things = [
            say_things(permission, access[permission]) for permission in Permission if permission in access and permission.action == action
        ]
        if things:
            said.append(f"{verb} {join(things)}")
    return said


def say_things(permission: Permission, chosen: int | None) -> str:
    """One permission's objects: "networks", "all our networks", "3 networks", "contacts of 1 network"."""
    noun = NOUNS.get(permission.resource, permission.resource)
    owners = "networks" if noun == "contacts" else noun
    private = PRIVATE.get(permission)
    if chosen is not None:
        what = private or (noun if noun == "contacts" else "")
        return f"{what} of {chosen} {singular(owners, chosen)}" if what else f"{chosen} {singular(owners, chosen)}"
    if private:
        return private if noun == "contacts" else f"{private} of {noun}"
    if permission.action in {"update", "delete"}:
        return f"our {noun}" if permission.resource in NOUNS else f"all our {noun}"
    return noun


def singular(noun: str, count: int) -> str:
    """The resources' plurals, or the singular for one."""
    irregular = {"facilities": "facility", "campuses": "campus"}
    return irregular.get(noun, noun.removesuffix("s")) if count == 1 else noun


def join(parts: list[str]) -> str:
    """As in "networks, exchanges and contacts"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def count_objects(grants: Mapping[Permission, frozenset[int] | None]) -> Access:
    """Grants as say_access() wants them."""
    return {permission: None if objects is None else len(objects) for permission, objects in grants.items()}


def either(parts: list[str]) -> str:
    """As in "create, update or delete"."""
    return " or ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def name_some(names: list[str], most: int = 5) -> str:
    """A few by name, of many the first ones: "AS64500 Example Net, AS64501 Example Labs and 298 more"."""
    return join(names if len(names) <= most else [*names[:most], f"{len(names) - most:,} more"])
