"""Ids as callers write them: net:20, the type's PeeringDB tag and the record's number."""

from portal.registry.read.paging import LARGEST_ID


def number_in(tag: str, text: str) -> int | None:
    """Returns the number in an id such as net:20; None for another type's id, or for no id at all."""
    prefix, _, number = text.partition(":")
    fits = prefix == tag and number.isascii() and number.isdecimal() and len(number) <= 10 and int(number) <= LARGEST_ID
    return int(number) if fits else None
