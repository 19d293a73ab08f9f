"""Real SMTP servers on a loopback port: one that takes mails or refuses them, and one that never says a word."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from portal.mails.transport import SmtpServer

CERTIFICATE = Path(__file__).parent / "mails" / "certificate.pem"  # for 127.0.0.2 and localhost, until 2126
USER, PASSWORD = "portal", "hush/hush @:"
TAKEN = "250 taken"


@dataclass
class Postbox:
    """What a server was given, and how it answers: `recipients` and `datas` by recipient, "drop" breaks the conversation off."""

    url: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    recipients: dict[str, str] = field(default_factory=dict)
    datas: dict[str, str] = field(default_factory=dict)
    senders: str = ""
    came: threading.Condition = field(default_factory=threading.Condition)

    def post(self, **options: Any) -> SmtpServer:
        """The portal's way to this server."""
        return SmtpServer(urlsplit(self.url), "peering-portal@portal.example.net", **options)

    def wait_for(self, count: int) -> list[EmailMessage]:
        """The mails, once so many have come."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.mails) >= count, timeout=60), f"only {len(self.mails)} mails came"
            return list(self.mails)

    def to(self, recipient: str) -> list[EmailMessage]:
        return [mail for mail, (_, recipients) in zip(self.mails, self.envelopes, strict=True) if recipients == [recipient]]

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        if self.senders:
            return self.senders
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.recipients.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.datas.get(envelope.rcpt_tos[0], TAKEN)
        if answer == "drop":
            assert server.transport
            server.transport.close()
        if answer == TAKEN:
            content = cast(bytes, envelope.content)
            with self.came:
                self.raw.append(content)
                self.mails.append(message_from_bytes(content, policy=default))
                self.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos)))
                self.encrypted.append(session.ssl is not None)
                self.came.notify_all()
        return answer

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.users.append(given.login.decode())
        return AuthResult(success=given == LoginPassword(USER.encode(), PASSWORD.encode()), handled=False)


@contextmanager
def answering(scheme: str = "smtp+plain", host: str = "127.0.0.1", **options: Any) -> Iterator[Postbox]:
    """A server that speaks SMTP; `options` are aiosmtpd's."""
    box = Postbox()
    controller = Controller(box, hostname=host, port=free_port(host), **options)
    controller.start()
    try:
        box.url = f"{scheme}://{host}:{controller.port}"
        yield box
    finally:
        controller.stop()


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    """A server that takes whatever comes, on this machine."""
    with answering() as box:
        yield box


def certified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@dataclass
class Silent:
    """A server that takes connections and says nothing."""

    url: str
    called: threading.Event = field(default_factory=threading.Event)
    calls: list[socket.socket] = field(default_factory=list)


@pytest.fixture
def silent() -> Iterator[Silent]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Silent(f"smtp+plain://127.0.0.1:{listening.getsockname()[1]}")

        def take() -> None:
            while True:
                try:
                    server.calls.append(listening.accept()[0])
                except OSError:
                    return
                server.called.set()

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield server
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()
    for call in server.calls:
        call.close()


def free_port(host: str = "127.0.0.1") -> int:
    with socket.create_server((host, 0)) as probe:
        return int(probe.getsockname()[1])
