"""From a row of the outbox to the mail that is sent: plain text, with headers that no name can add to."""

import hashlib
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from email_validator import validate_email

from portal.mails.outbox import PUBLIC_URL, one_line
from portal.models import Mail
from portal.settings import Settings

SENDER_NAME = "Peering Portal"
POLICY = SMTP.clone(cte_type="7bit")  # every server takes it


def compose(mail: Mail, settings: Settings) -> EmailMessage:
    """The mail. Sent twice, as after a kill, it has the same id and date, so that programs may show it once.

    Raises ValueError for a recipient that is no e-mail address.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(SENDER_NAME, addr_spec=settings.mail_sender)
    message["To"] = readable(mail.recipient)
    message["Subject"] = one_line(mail.subject).replace("=?", "= ?")  # which would begin an encoded word (RFC 2047)
    message["Date"] = format_datetime(mail.created)
    message["Message-ID"] = message_id(mail, settings)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notice answers it
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(mail.text.replace(PUBLIC_URL, settings.public_url))
    return message


def message_id(mail: Mail, settings: Settings) -> str:
    """Its time is in there too: a restored registry gives a number and an event's version again, to another mail."""
    facts = (settings.public_url, mail.event, mail.about, mail.recipient, mail.created.isoformat())
    drawn = hashlib.sha256("\0".join(facts).encode()).hexdigest()[:32]
    return f"<{mail.id}.{drawn}@{settings.mail_sender.rpartition('@')[2]}>"


def readable(email: str) -> Address:
    """With an international domain in its ASCII form, which every server takes; an international local part stays as it is."""
    address = validate_email(email, check_deliverability=False, test_environment=True)
    return Address(username=address.ascii_local_part or address.local_part, domain=address.ascii_domain)
