"""Ids as callers write them: net:20, the type's PeeringDB tag and the record's number."""

from portal.registry.read.paging import LARGEST_ID


def number_in(tag: str, text: str) -> int | None:
    """The number in an id such as net:20; None in another type's id, or in no id at all."""
    found, _, number = text.partition(":")
    fits = found == tag and number.isascii() and number.isdecimal() and len(number) <= 10 and int(number) <= LARGEST_ID
    return int(number) if fits else None
