"""Words of a file that PeeringDB's choices don't have: kept as they are, and counted."""

from typing import Any

from portal.registry.choices import names
from portal.registry.types import TYPES

TEXTS = {(tag, field): frozenset(names(choices)) for tag, kind in TYPES.items() for field, choices in kind.choices.items()}


def unknown_words(tag: str, field: str, value: Any) -> list[str]:
    """Of a value, one word or a list; nothing is "unstated"."""
    return [word for word in (value if isinstance(value, list) else [value]) if word and word not in TEXTS[tag, field]]
