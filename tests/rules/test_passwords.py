"""Which passwords are good enough, and that bcrypt sees all of them."""

import subprocess
import sys

import pytest

from portal.accounts.common_passwords import is_common, texts
from portal.accounts.passwords import check_length, check_new, hash_password, is_right, make_password
from portal.errors import Invalid


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("eleven char", "at least 12"),
        ("日" * 25, "75 bytes"),
        ("x" * 73, "73 bytes"),
        ("aaaabbbbaaaabbbb", "easily guessed"),
        ("alice@example.net!", "easily guessed"),
        ("password1234", "common passwords"),
        ("correcthorsebatterystaple", "common passwords"),
    ],
)
def test_a_new_password_is_refused_with_the_reason(password: str, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refusal:
        check_new(password, "new", email="alice@example.net")
    assert refusal.value.field == "new"


@pytest.mark.parametrize(
    "password",
    ["QWERTYUIOP123", "qWeRtYuIoP123", "ｑｗｅｒｔｙｕｉｏｐ１２３", "intermilan147", "INTERMILAN147"],
    ids=ascii,
)
def test_a_common_password_is_found_in_whatever_letters(password: str) -> None:
    """The list has the last two as "InterMilan147" alone."""
    assert is_common(password)


def test_the_list_has_more_than_a_million_passwords_of_12_characters_and_more() -> None:
    assert sum(text.count("\n") for size in range(12, 21) for text in texts(size)) > 1_000_000


@pytest.mark.parametrize("password", ["twelve chars", "x1y2" * 18, "日本語の長い合言葉です。"])
def test_a_long_enough_password_is_taken(password: str) -> None:
    check_new(password, "new", email="alice@example.net")


def test_a_password_made_for_somebody_is_good_enough() -> None:
    password = make_password()
    check_new(password, "password", email="alice@example.net")
    assert password != make_password()


def test_all_72_bytes_count() -> None:
    stored = hash_password("é" * 36)
    assert is_right("é" * 36, stored)
    assert not is_right("é" * 35 + "e", stored)
    with pytest.raises(Invalid):
        check_length("é" * 37, "password")


def test_a_letter_composed_otherwise_is_the_same_letter() -> None:
    assert is_right("cafe\u0301 au lait, s'il vous plaît", hash_password("café au lait, s'il vous plaît"))


def test_a_password_costs_as_much_to_try_as_nobodys() -> None:
    """A fresh interpreter, because this one has cheaper passwords."""
    program = "from portal.accounts import passwords as p; print(p.hash_password('x')[:7], p.DIGEST_OF_NO_ONE[:7], p.ROUNDS)"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.split() == ["$2b$12$", "$2b$12$", "12"]


def test_nobodys_password_is_always_wrong() -> None:
    assert not is_right("correct horse battery staple", None)
