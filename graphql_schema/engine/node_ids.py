"""Ids as callers write them: net:20, the type's PeeringDB tag and the record's number."""

from portal.whole_numbers import LARGEST_ID, read_number


def number_in(tag: str, text: str) -> int | None:
    """Returns the number in an id such as net:20; None for another type's id, or for no id at all."""
    prefix, _, number = text.partition(":")
    return read_number(number, LARGEST_ID) if prefix == tag else None
