"""The token's text: its form, its checksum, and that it never shows itself."""

import re

from hypothesis import given
from hypothesis import strategies as st

from portal.api_keys.token import ALPHABET, TOKEN_CHARACTERS, TOKEN_FORM, Token, checksum, digest, make_token, read_token

LETTERS = st.sampled_from(ALPHABET)
TOKENS = st.builds(Token, st.text(LETTERS, min_size=12, max_size=12), st.text(LETTERS, min_size=32, max_size=32))


@given(TOKENS)
def test_a_token_is_read_back_from_its_text(token: Token) -> None:
    assert read_token(token.reveal()) == token


@given(TOKENS, st.integers(0, TOKEN_CHARACTERS - 1), LETTERS)
def test_one_wrong_character_is_noticed_before_any_database_is_asked(token: Token, place: int, letter: str) -> None:
    text = token.reveal()
    changed = text[:place] + letter + text[place + 1 :]
    assert changed == text or read_token(changed) is None


@given(st.text())
def test_any_other_text_is_no_token(text: str) -> None:
    assert read_token(text) is None


def test_the_published_expression_finds_a_token_in_a_log() -> None:
    text = make_token().reveal()
    assert len(text) == TOKEN_CHARACTERS
    assert re.findall(r"pport_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}", f'key="{text}",') == [text]
    assert TOKEN_FORM.fullmatch(text)


def test_a_token_does_not_show_its_secret() -> None:
    token = make_token()
    assert token.secret not in repr(token)
    assert token.secret not in str(token)


def test_tokens_differ() -> None:
    assert len({make_token().reveal() for _ in range(1000)}) == 1000


def test_a_digest_is_bound_to_its_row_and_organization() -> None:
    """Trap 7: a digest that can be moved to another row or organization."""
    peppers = {1: b"a" * 32, 2: b"b" * 32}
    token = make_token()
    others = [
        digest(peppers, 2, token, 7),
        digest(peppers, 1, token, 8),
        digest(peppers, 1, Token("0" * 12, token.secret), 7),
        digest(peppers, 1, Token(token.token_id, "0" * 32), 7),
    ]
    assert digest(peppers, 1, token, 7) not in others


def test_the_checksum_is_crc_32_in_base62() -> None:
    """CRC-32's published check value: "123456789" gives 0xCBF43926."""
    assert sum(ALPHABET.index(letter) * 62**power for power, letter in enumerate(reversed(checksum("123456789")))) == 0xCBF43926
    assert checksum("") == "000000"
