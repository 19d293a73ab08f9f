"""The table of a key's grants as one form field.

A tick sends `networks:update`, for all of ours; a choice for one object sends `networks 20 update,delete`. A tick wins over choices.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from wtforms import Field

from portal.access.permissions import GRANTABLE, RULES, Permission
from portal.api_keys.wording import join
from portal.whole_numbers import LARGEST_ID, read_number

ACTIONS = ("read", "create", "read_private", "update", "delete")
HEADINGS = {"read": "Read", "create": "Create", "read_private": "Read private", "update": "Update ours", "delete": "Delete ours"}
RESOURCES = tuple(dict.fromkeys(permission.resource for permission in GRANTABLE if RULES[permission].directory))
OTHER_PERMISSIONS = tuple(permission for permission in GRANTABLE if permission.resource not in RESOURCES)
ACTIONS_BY_OBJECT = {
    resource: [permission.action for permission in GRANTABLE if permission.resource == resource and RULES[permission].objects]
    for resource in RESOURCES
}


class GrantsField(Field):
    """`data`: permission → frozenset of object ids, or None for all of ours."""

    data: dict[Permission, frozenset[int] | None]
    linked: frozenset[Permission] = frozenset()  # ticked by the link that leads to the form

    def process_data(self, value: Any) -> None:
        self.data = dict(value or {})

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        try:
            self.data = read(valuelist)
        except ValueError:
            raise ValueError("Choose only from what this table offers.") from None

    def values(self) -> list[str]:
        """As the form sends it: a text for all of ours, and one for each chosen object."""
        chosen = [(resource, identity) for resource in ACTIONS_BY_OBJECT for identity in sorted(self.objects(resource))]
        whole = [permission.value for permission, objects in self.data.items() if objects is None]
        return whole + [f"{resource} {identity} {self.actions_on(resource, identity)}" for resource, identity in chosen]

    def give(self, resource: str, actions: Iterable[str], objects: frozenset[int]) -> None:
        """Chooses these objects too; of what was granted for all of ours only they are left."""
        for action in actions:
            permission = Permission(f"{resource}:{action}")
            self.data[permission] = (self.data.get(permission) or frozenset()) | objects

    def whole(self, permission: str) -> bool:
        """Whether it is granted for everything that it covers."""
        return permission in self.data and self.data[Permission(permission)] is None

    def objects(self, resource: str) -> frozenset[int]:
        """The objects of the resource that are granted something by themselves."""
        return frozenset[int]().union(*(objects or () for permission, objects in self.data.items() if permission.resource == resource))

    def actions_on(self, resource: str, identity: int) -> str:
        """What is granted on one object, as an option's value."""
        granted = [self.data.get(Permission(f"{resource}:{action}")) or () for action in ACTIONS_BY_OBJECT[resource]]
        return ",".join(action for action, objects in zip(ACTIONS_BY_OBJECT[resource], granted, strict=True) if identity in objects)


def read(values: Sequence[str]) -> dict[Permission, frozenset[int] | None]:
    """What was ticked and chosen. Raises ValueError for what no form of ours sends."""
    chosen: dict[Permission, set[int]] = {}
    for text in (text for text in values if ":" not in text):
        resource, identity, actions = text.split(" ")
        for action in filter(None, actions.split(",")):
            chosen.setdefault(Permission(f"{resource}:{action}"), set()).add(read_object_id(identity))
    whole = dict.fromkeys(Permission(text) for text in values if ":" in text)
    return {permission: frozenset(objects) for permission, objects in chosen.items()} | whole


def read_object_id(text: str) -> int:
    number = read_number(text, LARGEST_ID)
    if number is None:
        raise ValueError(f"{text!r} is no object's id")
    return number


def options(resource: str) -> list[tuple[str, str]]:
    """(value, words) of what can be granted on one object: nothing, each action, and every combination of them."""
    actions = ACTIONS_BY_OBJECT[resource]
    sets = [some for size in range(len(actions) + 1) for some in combinations(actions, size)]
    return [(",".join(some), join([action.replace("_", " ") for action in some]).capitalize() or "No extra access") for some in sets]


LAYOUT = {"headings": HEADINGS, "resources": RESOURCES, "others": OTHER_PERMISSIONS, "by_object": ACTIONS_BY_OBJECT, "options": options}
