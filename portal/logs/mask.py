"""Takes secrets out of a text that is logged: tokens, the ids of sessions, signed links, and passwords in addresses."""

import re
from collections.abc import Callable

# Each needs time in proportion to the text, whatever that is: no part of it is tried twice.
UNDERSCORE = r"(?:_|%(?:25)*5[Ff])"  # also as an address writes it
TOKEN = re.compile(rf"pport{UNDERSCORE}[0-9A-Za-z]+(?:{UNDERSCORE}[0-9A-Za-z]*)?")  # whole or cut short
BEARER = re.compile(r"\b(bearer|basic)(?:\s|%20|\+)+[^\s\"',;]+", re.IGNORECASE)
PASSWORD = re.compile(r"(?<=://)[^\s/@:]*+:[^\s/@]*+@")
SIGNED = re.compile(r"(?<![\w-])[\w-]++\.[\w-]{6}\.[\w-]{27,}", re.ASCII)  # cookies and links that itsdangerous signs
LONG = re.compile(r"[\w-]{43,}", re.ASCII)  # a session's id has 43 characters, other secrets more
HIDDEN = "[hidden]"


def hide_random(text: re.Match[str]) -> str:
    """Keeps long names of code and of files, which aren't written in both cases."""
    word = text[0]
    return word if word in {word.lower(), word.upper()} else HIDDEN


RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (TOKEN, f"pport_{HIDDEN}"),
    (BEARER, rf"\1 {HIDDEN}"),
    (PASSWORD, f"{HIDDEN}@"),
    (SIGNED, HIDDEN),
    (LONG, hide_random),
)


def mask(text: str) -> str:
    """Returns the text with `[hidden]` in place of each secret."""
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text
