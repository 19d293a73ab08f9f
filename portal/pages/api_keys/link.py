"""What a link to the form of a key chooses in it. Nothing is granted before an admin sends the form."""

from collections.abc import Sequence

from flask import request

from portal.access.permissions import GRANTABLE, RULES, Permission
from portal.api_keys.wording import join
from portal.pages.api_keys.forms.grants import CHOSEN, Chosen, read_grants
from portal.whole_numbers import LARGEST_ID, read_number


def linked_grants(name: str) -> tuple[dict[Permission, Chosen], Sequence[str]]:
    """Returns what a link asks for, without what no key can hold, and the permissions that it asks for both whole and for chosen objects.

    It asks as `?grants=networks:read,contacts:read&grants=networks:update=20,25`. What isn't an object's id chooses nothing.
    """
    values = [text.strip() for value in request.args.getlist(name) for text in ([value] if "=" in value else value.split(","))]
    grants, twice = read_grants(filter(None, map(read_link, values)))
    return {permission: objects for permission, objects in grants.items() if objects is None or RULES[permission].objects}, twice


def read_link(text: str) -> str:
    """Returns one grant of a link as the form would send it, or nothing."""
    permission, separator, ids = text.partition("=")
    if permission not in GRANTABLE:
        return ""
    numbers = [word for word in ids.split(",") if read_number(word, LARGEST_ID) is not None]
    return f"{permission}={','.join(numbers) or CHOSEN}" if separator else permission


def say_contradiction(twice: Sequence[str]) -> str:
    """Returns a sentence about a link, or nothing."""
    if not twice:
        return ""
    return f"The link asks for {join(list(twice))} both for all of ours and for chosen ones. Only the chosen ones are ticked."
