"""The outbox: a mail is a row, put in the transaction of the act that it tells of. What is undone is never told."""

import unicodedata
from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import CursorResult, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.models import Mail

PUBLIC_URL = "{PORTAL_PUBLIC_URL}"  # how links begin: who sends knows the address, a command or a thread that puts needn't
NEW_MAILS = "mails were put"  # in a session's info, for who waits for its commit
HIDDEN = {"Cc", "Cf", "Cs"}  # Unicode's categories of characters that show nothing, or turn what follows around
JOINERS = "\u200c\u200d"  # Persian and emoji are written with them
MAX_SUBJECT_CHARACTERS = 200
MAIL = cast(Table, Mail.__table__)


def put(session: Session, *, event: str, about: str, organization_id: int, recipients: Iterable[str], subject: str, text: str) -> list[str]:
    """Puts a mail for each recipient who didn't get one of this event about this; returns those whose mail is new."""
    facts = {"event": event, "about": about, "organization_id": organization_id, "subject": one_line(subject), "text": clean(text)}
    rows = [facts | {"recipient": recipient} for recipient in sorted(recipients)]
    if not rows:
        return []
    session.flush()
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(MAIL).values(rows).on_conflict_do_nothing(index_elements=["event", "about", "recipient"])
    new = cast(CursorResult[Any], session.execute(statement.returning(MAIL.c.recipient))).scalars().all()
    session.info[NEW_MAILS] = bool(new) or session.info.get(NEW_MAILS, False)
    return list(new)


def clean(text: str) -> str:
    """Lines of visible letters: nothing that a header, a terminal or a reader's eye would obey."""
    return "".join(letter for letter in text if letter in JOINERS or letter == "\n" or unicodedata.category(letter) not in HIDDEN)


def one_line(text: str) -> str:
    words = " ".join(clean(text).split())
    return words if len(words) <= MAX_SUBJECT_CHARACTERS else f"{words[: MAX_SUBJECT_CHARACTERS - 1]}…"
