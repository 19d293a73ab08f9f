"""What an edit changed, as the details of its audit row: from what to what."""

from collections.abc import Mapping
from typing import Any


def changed_values(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Returns name → [value before, value after] of the values that differ; both mappings have the same names."""
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}
