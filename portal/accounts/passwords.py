"""Passwords: which are good enough, and bcrypt, which is slow on purpose and so never runs inside a transaction."""

import secrets
import unicodedata

import bcrypt

from portal.accounts.common_passwords import fold, is_common
from portal.accounts.password_turns import turns
from portal.errors import Invalid

MIN_CHARACTERS = 12
MAX_BYTES = 72  # all that bcrypt looks at
# Beyond it no letter is composed, because composing takes the square of the length.
MAX_CODE_POINTS_PER_LETTER = 4
ROUNDS = 12
DIGEST_OF_NO_ONE = "$2b$12$AB/f1Fi.t8Y/Kcy6DD62xupSUM5pWgnKOhI1qdNlo0A1CXMfIqybC"  # of a password that was thrown away


def make_password() -> str:
    """A random password of 20 characters (120 bits), to be changed at the first sign-in."""
    return secrets.token_urlsafe(15)


def hash_password(password: str) -> str:
    """Takes about a quarter of a second: call it before the registry's lock is taken."""
    with turns:
        return bcrypt.hashpw(as_bytes(password), bcrypt.gensalt(ROUNDS)).decode()


def is_right(password: str, stored: str | None) -> bool:
    """Whether it is the password of a stored digest. `None`, for an account that doesn't exist, takes as long and is always wrong."""
    with turns:
        same = bcrypt.checkpw(as_bytes(password), (stored or DIGEST_OF_NO_ONE).encode())
    return same and stored is not None


def check_length(password: str, field: str) -> None:
    """Raises Invalid for a password that bcrypt can't take whole."""
    size = len(as_bytes(password) if len(password) <= MAX_BYTES * MAX_CODE_POINTS_PER_LETTER else password.encode())
    if size > MAX_BYTES:
        raise Invalid(f"This password has {size} bytes. At most {MAX_BYTES} are possible; letters outside ASCII take 2 to 4 each.", field)


def check_new(password: str, field: str, *, email: str) -> None:
    """Raises Invalid for a new password that is too short, too long, easily guessed or common."""
    if len(password) < MIN_CHARACTERS:
        raise Invalid(f"Choose a password of at least {MIN_CHARACTERS} characters. A few words that don't belong together do well.", field)
    check_length(password, field)
    if len(set(password)) < 4 or email.casefold() in password.casefold():
        raise Invalid("This password is easily guessed: it holds your e-mail address, or hardly two different characters.", field)
    if is_common(password):
        raise Invalid("This password is on lists of common passwords, which attackers try first. Choose another one.", field)


def check_not_same(password: str, current: str, field: str) -> None:
    """Raises Invalid for a new password that is the current one, or differs from it in capitals alone."""
    if fold(password) == fold(current):
        raise Invalid("This is the password that you have now. Choose another one.", field)


def as_bytes(password: str) -> bytes:
    """One form for the same letters, whichever way a keyboard composes them (NFC, as in RFC 8265 §4.2)."""
    return unicodedata.normalize("NFC", password).encode()
