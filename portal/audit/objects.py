"""The objects that audit rows name by number in a key's permissions, as `networks:update 20,25`, to be shown by what people call them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

Names = Mapping[str, Mapping[int, str]]


def ids_in(details: Iterable[Mapping[str, Any]]) -> dict[str, set[int]]:
    """Returns resource → the ids that the details of several rows name."""
    ids: dict[str, set[int]] = defaultdict(set)
    for grant in grants_in([one.get("grants") for one in details]):
        resource, _, numbers = split(grant)
        ids[resource].update(numbers)
    return {resource: numbers for resource, numbers in ids.items() if numbers}


def grants_in(value: Any) -> Iterable[str]:
    """Returns the grants of a list, or of a list of lists, as an edit has them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from grants_in(item)


def split(grant: str) -> tuple[str, str, list[int]]:
    """Returns resource, permission and the ids of its objects."""
    permission, _, numbers = grant.partition(" ")
    return permission.partition(":")[0], permission, [int(number) for number in numbers.split(",") if number.isdecimal()]


def name_objects(value: Any, names: Names) -> Any:
    """Returns the grants as they were, with "(AS64500, AS64501)" for ids; an object without a name, as one that is gone, stays a number."""
    if isinstance(value, list):
        return [name_objects(item, names) for item in value]
    if not isinstance(value, str):
        return value
    resource, permission, numbers = split(value)
    labels = names.get(resource, {})
    return f"{permission} ({', '.join(labels.get(number, f'number {number}') for number in numbers)})" if numbers else value
