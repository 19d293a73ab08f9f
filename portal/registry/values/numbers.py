"""Numbers and Booleans."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from portal.errors import Invalid

MAX_ID = 2**31 - 1


def flag(value: Any, *_: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise Invalid("This must be true or false.")


def number(lowest: int, highest: int) -> Callable[..., int | None]:
    """A whole number; None stays None."""

    def clean(value: Any, *_: Any) -> int | None:
        if value is None:
            return None
        if type(value) is not int or not lowest <= value <= highest:
            raise Invalid(f"This must be a whole number from {lowest:,} to {highest:,}.")
        return value

    return clean


def one_of(numbers: Sequence[int]) -> Callable[..., int | None]:
    """One of a few numbers; None stays None."""

    def clean(value: Any, *_: Any) -> int | None:
        if value is None:
            return None
        if type(value) is not int or value not in numbers:
            raise Invalid(f"This must be {' or '.join(str(number) for number in numbers)}.")
        return value

    return clean


def degrees(highest: int) -> Callable[..., float | None]:
    """Degrees from -highest to highest; None stays None."""

    def clean(value: Any, *_: Any) -> float | None:
        if value is None:
            return None
        if type(value) not in (int, float) or not math.isfinite(value) or abs(value) > highest:
            raise Invalid(f"This must be degrees from -{highest} to {highest}.")
        return float(value)

    return clean
