"""Whole numbers as text: in the digits 0 to 9 alone, and none that is larger than what a database holds."""

LARGEST_ID, LARGEST_NUMBER = 2**31 - 1, 2**63 - 1  # of a database's two kinds of integers


def read_number(text: str, largest: int = LARGEST_NUMBER) -> int | None:
    """Returns the number, or None for any other text: a sign, blanks, digits of another script, or a number that is too large."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST_NUMBER))):
        return None
    number = int(text)
    return number if number <= largest else None
