"""The table of a key's grants as one form field: a row for each resource, a tick for what covers the whole registry or creates,
and one choice of three for each permission on our own objects.

The field sends texts: `networks:read` grants it for all that it covers; `networks:update=20,25` for chosen objects; `networks:update=none`
and `networks:update=chosen` are the choices "None" and "Only chosen" themselves. All of ours and chosen ones contradict each other.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import combinations
from typing import Any

from wtforms import Field

from portal.access.permissions import GRANTABLE, RULES, Permission
from portal.api_keys.wording import join
from portal.whole_numbers import LARGEST_ID, read_number

Chosen = frozenset[int] | None
HEADINGS = {"read": "Read", "create": "Create", "read_private": "Read private", "update": "Update", "delete": "Delete"}
RESOURCES = tuple(dict.fromkeys(permission.resource for permission in GRANTABLE if RULES[permission].directory))
OTHER_PERMISSIONS = tuple(permission for permission in GRANTABLE if permission.resource not in RESOURCES)
ACTIONS_BY_OBJECT = {
    resource: [permission.action for permission in GRANTABLE if permission.resource == resource and RULES[permission].objects]
    for resource in RESOURCES
}
NONE, CHOSEN = "none", "chosen"
SCOPES = ((f"={NONE}", "None"), ("", "Ours, all now and later"), (f"={CHOSEN}", "Only chosen"))


class GrantsField(Field):
    """`data`: permission → frozenset of object ids, or None for all of ours."""

    data: dict[Permission, Chosen]
    linked: Set[Permission] = frozenset()  # set by the link that leads to the form

    def process_data(self, value: Any) -> None:
        self.data = dict(value or {})

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Of all of ours and chosen ones, which contradict each other, the chosen ones stay until the admin has decided."""
        try:
            self.data, twice = read_grants(valuelist)
        except ValueError:
            raise ValueError("Choose only from what this table offers.") from None
        if twice:
            raise ValueError(f'{join(twice)}: choose "Ours, all now and later" or tick single ones, not both.')

    def values(self) -> list[str]:
        """As the form sends it, one text for each permission."""
        return [write_grant(permission, objects) for permission, objects in self.data.items()]

    def give(self, resource: str, actions: Iterable[str], objects: frozenset[int]) -> None:
        """Chooses these objects too; of what was granted for all of ours only they are left."""
        for action in actions:
            permission = Permission(f"{resource}:{action}")
            self.data[permission] = (self.data.get(permission) or frozenset()) | objects

    def whole(self, permission: str) -> bool:
        """Whether it is granted for everything that it covers."""
        return permission in self.data and self.data[Permission(permission)] is None

    def scope(self, permission: str) -> str:
        """Which of the three choices holds, as what its value adds to the permission."""
        return "" if self.whole(permission) else f"={CHOSEN if permission in self.data else NONE}"

    def has(self, permission: str, identity: int) -> bool:
        """Whether it is granted for this object by itself."""
        return identity in (self.data.get(Permission(permission)) or ())

    def objects(self, resource: str) -> frozenset[int]:
        """The objects of the resource that are granted something by themselves."""
        return frozenset[int]().union(*(objects or () for permission, objects in self.data.items() if permission.resource == resource))

    def only(self, resource: str, objects: frozenset[int]) -> list[str]:
        """What is granted for these objects alone, as the form sends it."""
        chosen = {permission: objects & (ids or set()) for permission, ids in self.data.items() if permission.resource == resource}
        return [write_grant(permission, ids) for permission, ids in chosen.items() if ids]


def read_grants(values: Iterable[str]) -> tuple[dict[Permission, Chosen], list[str]]:
    """What was chosen, and which permissions were given both for all of ours and for chosen objects: the chosen ones are taken.

    Objects under the choice "None" aren't taken. Raises ValueError for what no form of ours sends.
    """
    whole: dict[Permission, Chosen] = {}
    chosen: dict[Permission, Chosen] = {}
    refused: set[Permission] = set()
    for word, separator, ids in (text.partition("=") for text in values):
        permission = Permission(word)
        if not separator:
            whole[permission] = None
        elif ids == NONE:
            refused.add(permission)
        else:
            chosen[permission] = (chosen.get(permission) or frozenset()) | read_ids(ids)
    granted = {permission: objects for permission, objects in (whole | chosen).items() if permission not in refused}
    return granted, [permission.value for permission in granted if permission in whole and permission in chosen]


def read_ids(text: str) -> frozenset[int]:
    return frozenset() if text == CHOSEN else frozenset(map(read_object_id, text.split(",")))


def read_object_id(text: str) -> int:
    number = read_number(text, LARGEST_ID)
    if number is None:
        raise ValueError(f"{text!r} is no object's id")
    return number


def write_grant(permission: Permission, objects: Chosen) -> str:
    if objects is None:
        return permission.value
    return f"{permission}={','.join(map(str, sorted(objects))) or CHOSEN}"


def options(resource: str) -> list[tuple[str, str]]:
    """(value, words) of what can be granted for pasted objects: each action, and every combination of them."""
    actions = ACTIONS_BY_OBJECT[resource]
    sets = [some for size in range(1, len(actions) + 1) for some in combinations(actions, size)]
    return [(",".join(some), join([HEADINGS[action].lower() for action in some]).capitalize()) for some in sets]


LAYOUT: Mapping[str, Any] = {
    "headings": HEADINGS,
    "resources": RESOURCES,
    "others": OTHER_PERMISSIONS,
    "by_object": ACTIONS_BY_OBJECT,
    "scopes": SCOPES,
}
