"""Numbers as text: the digits 0 to 9, and what a database holds."""

import pytest

from portal.whole_numbers import LARGEST_ID, LARGEST_NUMBER, read_number


@pytest.mark.parametrize(
    "text", ["", " ", "\x0b", " 1", "1\n", "+1", "-1", "1.0", "1e3", "1_000", "١٢", "１２", "²", "1" * 20, "1" * 5000], ids=ascii
)
def test_no_other_text_is_a_number(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize("number", [0, 7, LARGEST_ID, LARGEST_NUMBER])
def test_what_a_database_holds_is_a_number(number: int) -> None:
    assert read_number(str(number), largest=number) == number
    assert read_number(str(number + 1), largest=number) is None
