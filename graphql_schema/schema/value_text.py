"""A value of any field as text, for plans and history."""

from typing import Any

import orjson


def value_text(value: Any) -> str | None:
    """Returns a text as it is, and everything else as JSON writes it; None stays None."""
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()
