"""The text of a token and the keyed digest that is stored instead of it.

`pport_<token id: 12>_<secret: 32><checksum: 6>`, all base62: one double-click selects it, one regular expression finds it in a leak.
"""

import hmac
import re
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
TOKEN_FORM = re.compile(r"pport_([0-9A-Za-z]{12})_([0-9A-Za-z]{32})([0-9A-Za-z]{6})")
PATTERN = r"pport_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}"  # for scanners, which find out by the checksum what only looks like one
TOKEN_CHARACTERS = 57


@dataclass(frozen=True)
class Token:
    """A token's two halves; its text only ever leaves by `reveal()`."""

    token_id: str
    secret: str = field(repr=False)

    def reveal(self) -> str:
        """The whole text, for the one time that it is shown."""
        body = f"pport_{self.token_id}_{self.secret}"
        return body + checksum(body)

    @property
    def last_four(self) -> str:
        return self.reveal()[-4:]


def make_token() -> Token:
    """A new token; the secret has 190 bits."""
    return Token(random_text(12), random_text(32))


def read_token(text: str) -> Token | None:
    """The token that the text is, or None when its form or checksum is wrong: known before any database is asked."""
    match = TOKEN_FORM.fullmatch(text) if text.isascii() and len(text) == TOKEN_CHARACTERS else None
    if match is None or not hmac.compare_digest(checksum(text[:-6]).encode(), match[3].encode()):
        return None
    return Token(match[1], match[2])


def digest(peppers: Mapping[int, bytes], number: int, token: Token, organization_id: int) -> bytes:
    """HMAC-SHA-256 under the numbered pepper, bound to the token's id and its organization. Keys have more entropy than bcrypt is for."""
    text = b"\0".join((b"v1", token.token_id.encode(), str(organization_id).encode(), token.secret.encode()))
    return hmac.digest(peppers[number], text, "sha256")


def checksum(body: str) -> str:
    """CRC-32 of all before it, base62, six characters: lets a scanner tell a token from a look-alike."""
    number, letters = zlib.crc32(body.encode()), ""
    while len(letters) < 6:
        number, digit = divmod(number, 62)
        letters = ALPHABET[digit] + letters
    return letters


def random_text(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
