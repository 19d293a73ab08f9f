"""Choices, given as a member, as our name (OPEN) or as PeeringDB's text (Open), and stored as that text."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from portal.errors import Invalid
from portal.registry.choices import UNDISCLOSED, raw_texts


def choice(kind: type[Enum], without: Sequence[Enum] = (), *, required: bool = False) -> Callable[..., str]:
    """`without`: members that can be read and not chosen. None is what the choices have for "nothing is stated", else ""."""

    def clean(value: Any, *_: Any) -> str:
        if value is None or value == "":
            if required:
                raise Invalid(f"Choose one of {names_of(kind, without)}.")
            return UNDISCLOSED if UNDISCLOSED in {member.value for member in kind} else ""
        member = member_of(kind, value)
        if member is None or member in without:
            raise Invalid(f"{member.name if member else 'This'} can't be chosen. Choose one of {names_of(kind, without)}.")
        return str(member.value)

    return clean


def choices(kind: type[Enum]) -> Callable[..., list[str]]:
    """Several, each once, in the order of the choices."""

    def clean(value: Any, *_: Any) -> list[str]:
        given = [] if value is None else value
        if not isinstance(given, list):
            raise Invalid("This must be a list.")
        members = [member_of(kind, part) for part in given]
        if None in members:
            raise Invalid(f"Choose from {names_of(kind)}.")
        return [str(member.value) for member in kind if member in members and member.value != UNDISCLOSED]

    return clean


def member_of(kind: type[Enum], value: Any) -> Enum | None:
    if isinstance(value, kind):
        return value
    return next((member for member in kind if value == member.name or (isinstance(value, str) and value in raw_texts(member))), None)


def names_of(kind: type[Enum], without: Sequence[Enum] = ()) -> str:
    return ", ".join(member.name for member in kind if member not in without)
