"""Values of records as a form holds them, and back: texts, ticks and lists."""

import json
from enum import Enum
from hashlib import blake2b
from typing import Any

from portal.errors import Invalid
from portal.registry.choices import UNDISCLOSED
from portal.registry.editable import Editable
from portal.whole_numbers import read_number

YES_OR_NO = {"": None, "yes": True, "no": False}


def is_choice(editable: Editable) -> bool:
    return issubclass(editable.type, Enum)


def as_typed(editable: Editable, value: Any) -> Any:
    """Returns a stored value as its form field holds it."""
    if editable.type is dict:
        return "\n".join(f"{account.get('service', '')} {account.get('identifier', '')}" for account in value or ())
    if editable.listed:
        return list(value or ())
    if editable.type is bool and not editable.nullable:
        return bool(value)
    if editable.type is bool:
        return next(text for text, meaning in YES_OR_NO.items() if meaning is value)
    if is_choice(editable):
        return "" if value == UNDISCLOSED else value or ""
    return "" if value is None else str(value)


def from_typed(editable: Editable, typed: Any) -> Any:
    """Returns what is given to an act. Raises Invalid for a text that isn't the number that is asked for."""
    if editable.type is dict:
        return [read_account(line) for line in (typed or "").splitlines() if line.strip()]
    if editable.listed or (editable.type is bool and not editable.nullable):
        return typed
    text = (typed or "").strip()
    if editable.type is bool:
        return YES_OR_NO.get(text)
    if editable.type in (int, float):
        return read_typed_number(editable, text)
    return None if editable.nullable and not text else text


def read_typed_number(editable: Editable, text: str) -> Any:
    if not text:
        if editable.nullable:
            return None
        raise Invalid("This can't be empty.")
    if editable.type is int:
        number = read_number(text.replace(",", ""))
        return text if number is None else number
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise Invalid(f'"{text[:60]}" isn\'t a number. Enter degrees such as 52.3676.') from None


def read_account(line: str) -> dict[str, str]:
    service, _, identifier = line.strip().partition(" ")
    return {"service": service, "identifier": identifier.strip()}


def normal(typed: Any) -> Any:
    """Returns what is compared: browsers end lines in another way, and blanks around a text don't count."""
    if isinstance(typed, list):
        return sorted(typed)
    return (typed or "").replace("\r\n", "\n").strip() if isinstance(typed, str | None) else typed


def digest(typed: Any) -> str:
    """Returns a short text by which a form tells later what it was opened with."""
    return blake2b(json.dumps(normal(typed)).encode(), digest_size=6).hexdigest()


def in_words(typed: Any) -> str:
    """Returns a field's value for a person to compare."""
    if isinstance(typed, bool):
        return "yes" if typed else "no"
    if isinstance(typed, list):
        return ", ".join(typed) or "nothing"
    return normal(typed) or "nothing"
