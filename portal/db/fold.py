"""How names are compared by people: without case, accents or the letters that only look like an accent."""

import unicodedata

LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})


def fold(text: str) -> str:
    """The form that `contains`, `startsWith` and search look at: "Łódź Straße" → "lodz strasse"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.casefold().translate(LETTERS).split())
