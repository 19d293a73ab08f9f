"""What an admin sees of a key's mails: whether its notify address agreed, and which mails were sent, wait or failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from portal.models import Mail, NotifyAddress

MAX_MAILS = 50


@dataclass(frozen=True)
class Sent:
    """A mail about the key. `state`: sent, waiting or failed; `error`: of the last attempt, "" after one that went well."""

    at: datetime
    event: str
    recipient: str
    state: str
    sent_at: datetime | None
    error: str


@dataclass(frozen=True)
class Mailing:
    """`confirmed`: the notify address gets mails. `mails`: the newest first, at most 50."""

    confirmed: bool
    mails: Sequence[Sent]


def read_mailing(connection: Connection, organization_id: int, key_id: str, notify_email: str) -> Mailing:
    where = (NotifyAddress.organization_id == organization_id, NotifyAddress.email == notify_email)
    confirmed = connection.scalar(select(NotifyAddress.confirmed_at).where(*where)) is not None
    statement = select(Mail.__table__).where(Mail.organization_id == organization_id, Mail.about == key_id)
    return Mailing(confirmed, [sent(row) for row in connection.execute(statement.order_by(Mail.id.desc()).limit(MAX_MAILS))])


def sent(row: Row[Any]) -> Sent:
    state = "sent" if row.sent_at else "waiting" if row.next_attempt_at else "failed"
    return Sent(row.created, row.event.partition(" ")[0], row.recipient, state, row.sent_at, row.last_error)
