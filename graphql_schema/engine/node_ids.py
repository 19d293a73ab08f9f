"""Ids as callers write them: net:20, the type's PeeringDB tag and the record's number, or the number alone where the type is clear."""

from portal.errors import Invalid
from portal.registry.types import TYPES
from portal.whole_numbers import LARGEST_ID, read_number

MAX_QUOTED_CHARACTERS = 40


def read_id(tag: str, text: str, field: str = "id") -> int:
    """Returns the number in an id of the type. Raises Invalid for another type's id, and for what is no id."""
    prefix, colon, number = text.rpartition(":")
    read = read_number(number, LARGEST_ID)
    if read is None or (colon and prefix != tag):
        raise Invalid(refusal(tag, text, prefix if read is not None else ""), field)
    return read


def refusal(tag: str, text: str, prefix: str) -> str:
    needed = TYPES[tag].model.__name__
    wrong = f"{text} is the id of a record of type {TYPES[prefix].model.__name__}" if prefix in TYPES else f"{quoted(text)} isn't an id"
    return f"{wrong}. Send the id of a record of type {needed}, such as {tag}:31 or 31."


def read_node_id(text: str, field: str = "id") -> tuple[str, int]:
    """Returns the tag and the number in an id of any type. Raises Invalid for what is none, as a number alone."""
    tag, _, number = text.partition(":")
    read = read_number(number, LARGEST_ID)
    if read is None or tag not in TYPES:
        raise Invalid(f"{quoted(text)} isn't an id. Send the type's tag and the record's number, such as net:20 or ix:31.", field)
    return tag, read


def quoted(text: str) -> str:
    """The caller's text, shortened."""
    return f'"{text}"' if len(text) <= MAX_QUOTED_CHARACTERS else f'"{text[:MAX_QUOTED_CHARACTERS]}…"'
