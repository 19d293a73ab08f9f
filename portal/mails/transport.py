"""The ways in which a mail leaves: an SMTP server, or the terminal of a portal in local mode."""

import re
import smtplib
import ssl
import sys
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from portal.settings import LOOPBACK, SMTP_PORTS, Settings

STEP_SECONDS = 10.0  # that each step of the conversation may take
MAX_REASON_CHARACTERS = 200
UNSEEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


class Away(Exception):
    """The server can't be used now; the message says why. It is the same for every mail."""


class MailRefused(Exception):
    """The server refuses this mail; `final`: and would again."""

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.final = final


class Transport(Protocol):
    """A way for mails to leave."""

    def send(self, message: EmailMessage) -> None:
        """Raises Away and MailRefused."""

    def close(self) -> None:
        """After the last mail of a round."""


def transport_for(settings: Settings) -> Transport | None:
    """Returns None where mails wait. They are printed on the terminal in local mode only, because no one reads a service's."""
    if settings.smtp_url is not None:
        return SmtpServer(urlsplit(settings.smtp_url), settings.mail_sender)
    return Terminal() if not settings.production and sys.stdout.isatty() else None


class Terminal:
    """Prints mails."""

    def send(self, message: EmailMessage) -> None:
        headers = "".join(f"{name}: {message[name]}\n" for name in ("To", "Subject"))
        sys.stdout.write(f"\n--- E-mail (set PORTAL_SMTP_URL to have it sent)\n{headers}\n{message.get_content()}---\n")
        sys.stdout.flush()

    def close(self) -> None:
        """The terminal stays."""


@dataclass
class SmtpServer:
    """One conversation for several mails, begun with the first."""

    url: SplitResult = field(repr=False)
    sender: str
    seconds: float = STEP_SECONDS
    open: smtplib.SMTP | None = None

    def greet(self) -> None:
        """Raises Away where no mail could be sent."""
        try:
            self.connect().quit()
        except (OSError, ValueError, smtplib.SMTPException) as error:
            raise Away(self.why(error)) from error

    def send(self, message: EmailMessage) -> None:
        recipient = message["To"].addresses[0].addr_spec
        try:
            if self.open is None:
                self.open = self.connect()
            self.open.send_message(message, self.sender, [recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            self.refuse("The recipient is refused", code, said)
        except smtplib.SMTPDataError as error:
            self.refuse("The e-mail is refused", error.smtp_code, error.smtp_error)
        except smtplib.SMTPNotSupportedError as error:
            raise MailRefused("The server can't send to an address with letters beyond ASCII.", final=True) from error
        except (OSError, ValueError, smtplib.SMTPException) as error:  # ValueError: a user name that no server could be told
            self.drop()
            raise Away(self.why(error)) from error

    def connect(self) -> smtplib.SMTP:
        """Encrypted, but to this machine itself and where `smtp+plain` says so; raises what smtplib does, and Away."""
        scheme, host, name = self.url.scheme, self.url.hostname or "", self.sender.rpartition("@")[2]
        port = self.url.port or SMTP_PORTS[scheme]
        trusted = ssl.create_default_context()
        if scheme == "smtps":
            opened: smtplib.SMTP = smtplib.SMTP_SSL(host, port, name, timeout=self.seconds, context=trusted)
        else:
            opened = smtplib.SMTP(host, port, name, timeout=self.seconds)
        try:
            opened.ehlo_or_helo_if_needed()
            if scheme == "smtp" and host not in LOOPBACK:
                encrypt(opened, trusted)
            if self.url.username:
                sign_in(opened, unquote(self.url.username), unquote(self.url.password or ""))
        except BaseException:
            opened.close()
            raise
        return opened

    def refuse(self, words: str, code: int, said: bytes | str) -> None:
        """Raises MailRefused, or Away where the server says goodbye (421)."""
        if code == 421:
            self.drop()
            raise Away(self.hide(f"The server closes: {code} {plain(said)}"))
        raise MailRefused(self.hide(f"{words}: {code} {plain(said)}"), final=code >= 500)

    def why(self, error: Exception) -> str:
        """In words, without what the login was, whatever the server repeats of it."""
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return f"The server refuses the user name or password of PORTAL_SMTP_URL ({error.smtp_code})."
        if isinstance(error, smtplib.SMTPSenderRefused):
            return self.hide(f"The sender {self.sender} is refused: {error.smtp_code} {plain(error.smtp_error)}")
        if isinstance(error, smtplib.SMTPResponseException):
            return self.hide(f"The server answers: {error.smtp_code} {plain(error.smtp_error)}")
        if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):  # which smtplib calls a disconnection
            return f"The server didn't answer within {self.seconds:g} seconds."
        return self.hide(f"The conversation broke off: {plain(str(error) or type(error).__name__)}")

    def hide(self, text: str) -> str:
        for secret in (self.url.password, unquote(self.url.password or "")):
            text = text.replace(secret, "…") if secret else text
        return text[:MAX_REASON_CHARACTERS]

    def drop(self) -> None:
        if self.open is not None:
            self.open.close()
            self.open = None

    def close(self) -> None:
        """Says goodbye; a server that doesn't answer to it has taken the mails all the same."""
        if self.open is not None:
            try:
                self.open.quit()
            except (OSError, smtplib.SMTPException):
                self.open.close()
            self.open = None


def encrypt(opened: smtplib.SMTP, trusted: ssl.SSLContext) -> None:
    if not opened.has_extn("starttls"):
        raise Away("The server offers no encryption (STARTTLS). Use smtps://, or smtp+plain:// where no one can listen.")
    opened.starttls(context=trusted)
    opened.ehlo_or_helo_if_needed()


def sign_in(opened: smtplib.SMTP, user: str, password: str) -> None:
    if not opened.has_extn("auth"):
        raise Away("The server lets no one sign in here. Leave the user name and password out of PORTAL_SMTP_URL, or mend its port.")
    opened.login(user, password)


def plain(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return UNSEEN.sub(" ", text).strip()
