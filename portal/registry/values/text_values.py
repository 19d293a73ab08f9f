"""Texts: stripped, without characters that can't be seen or stored."""

import re
from collections.abc import Callable
from typing import Any

from portal.errors import Invalid

MAX_TEXT_CHARACTERS = 255
MAX_NOTES_CHARACTERS = 100_000
UNSTORABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")  # controls but tab and line ends; half a surrogate pair
BLANKS = re.compile(r"\s+")


def given_text(value: Any) -> str:
    """Returns the text, "" for None. Raises Invalid for another kind of value, and for characters that can't be stored."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid("This must be text.")
    if UNSTORABLE.search(value):
        raise Invalid("This contains a control character. Remove it.")
    return value.strip()


def one_line(max_characters: int, *, required: bool = False) -> Callable[..., str]:
    """A text without runs of blanks."""

    def clean(value: Any, *_: Any) -> str:
        text = BLANKS.sub(" ", given_text(value))
        if required and not text:
            raise Invalid("This can't be empty.")
        if len(text) > max_characters:
            raise Invalid(f"This has {len(text):,} characters; {max_characters:,} is the maximum.")
        return text

    return clean


def several_lines(value: Any, *_: Any) -> str:
    """Notes, with line ends as \\n."""
    text = given_text(value).replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MAX_NOTES_CHARACTERS:
        raise Invalid(f"This has {len(text):,} characters; {MAX_NOTES_CHARACTERS:,} is the maximum.")
    return text
