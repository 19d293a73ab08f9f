"""E-mail addresses made to hurt."""

import pytest

from portal.email_addresses import LONGEST, check_email
from portal.errors import Invalid


def test_the_length_of_an_address_is_looked_at_before_its_letters() -> None:
    accents = "\u0301" * 200_000 + "\u0316" * 200_000  # out of order: composing them takes the square of their number, many minutes here
    with pytest.raises(Invalid, match=f"at most {LONGEST} characters"):
        check_email(f"a{accents}@example.net", "notify_email")
