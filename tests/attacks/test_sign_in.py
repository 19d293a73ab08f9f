"""Forms made to hurt, sent before anybody is signed in."""

import pytest

from portal.accounts.passwords import MAX_BYTES, check_length
from portal.errors import Invalid
from tests.browser import Browser, text
from tests.people import People

ACCENTS = "\u0301" * 200_000 + "\u0316" * 200_000  # out of order: composing them takes the square of their number, many minutes here


def test_a_password_of_accents_out_of_order_is_refused(people: People, browser: Browser) -> None:
    answer = browser.submit("/login", {"email": "alice@example.net", "password": ACCENTS[190_000:-190_000]})
    assert answer.status_code == 400
    assert "This password has 40000 bytes." in text(answer)


def test_the_length_of_a_password_is_known_before_its_letters_are_composed() -> None:
    with pytest.raises(Invalid, match="has 800000 bytes"):
        check_length(ACCENTS, "password")


@pytest.mark.parametrize("password", ["e\u0301" * 24, "\u1112\u1161\u11ab" * 24, "\u0391\u0313\u0300\u0345" * 24, "x" * MAX_BYTES])
def test_a_password_that_fits_once_it_is_composed_is_not_too_long(password: str) -> None:
    check_length(password, "password")
