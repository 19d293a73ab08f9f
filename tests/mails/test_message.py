"""What a mail looks like on its way: nobody's name adds a header, a line or a link, and every server can take it."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from portal.db.session import now
from portal.mails.message import compose
from portal.mails.outbox import MAX_SUBJECT_CHARACTERS, PUBLIC_URL, clean, one_line
from portal.models import Mail
from portal.settings import Settings
from tests.apps import settings_for

HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"]
MIME = {"Content-Type", "Content-Transfer-Encoding", "MIME-Version"}


def settings_with(tmp_path: Path, **changes: object) -> Settings:
    return settings_for("sqlite:////nowhere", tmp_path, public_url="https://portal.example.net", **changes)


def read(settings: Settings, *, subject: str = "Hello", text: str = "Good day.\n", recipient: str = "noc@example.net") -> EmailMessage:
    """As a program that gets the mail reads it."""
    mail = Mail(id=7, event="test", about="key_1", recipient=recipient, subject=subject, text=text, created=now())
    raw = compose(mail, settings).as_bytes()
    assert max(map(len, raw.splitlines())) <= 998  # RFC 5322 §2.1.1
    raw.decode("ascii")  # every server takes it
    message = message_from_bytes(raw, policy=default)
    assert [name for name in message if name not in MIME] == HEADERS
    return message


def lines(mail: EmailMessage) -> str:
    return str(mail.get_content()).replace("\r\n", "\n")


def test_a_mail_says_from_whom_it_is_and_that_a_machine_wrote_it(tmp_path: Path) -> None:
    mail = read(settings_with(tmp_path))
    assert mail["From"] == "Peering Portal <peering-portal@portal.example.net>"
    assert (mail["To"], mail["Subject"], mail["Auto-Submitted"]) == ("noc@example.net", "Hello", "auto-generated")
    assert mail["Message-ID"].endswith("@portal.example.net>")
    assert mail.get_content_type() == "text/plain"


def test_the_operator_chooses_the_sender(tmp_path: Path) -> None:
    assert read(settings_with(tmp_path, mail_from="noreply@example.org"))["From"].addresses[0].addr_spec == "noreply@example.org"


@pytest.mark.parametrize(
    "name",
    [
        "x\r\nBcc: everybody@example.net\r\n\r\nBuy this",
        "x\nBcc: everybody@example.net",
        "x\rBcc: everybody@example.net",
        "x\x0bBcc: everybody@example.net",
        "x\x85Bcc: everybody@example.net",
        "x\u2028Bcc: everybody@example.net",
        "=?utf-8?q?x=0ABcc:_everybody=40example.net?=",
        "ü" * 5000,
        "x" * 5000,
        "Żółć 🦊 " * 100,
        "\udcff\0\x1b[31m",
        "\u202egnp.exe",
    ],
)
def test_no_name_adds_a_header_or_a_line(tmp_path: Path, name: str) -> None:
    subject = one_line(f'API key "{name}" was revoked')
    mail = read(settings_with(tmp_path), subject=subject, text=clean(f"{name}\n"))
    assert len(subject) <= MAX_SUBJECT_CHARACTERS
    assert "\n" not in mail["Subject"]
    assert mail["Bcc"] is None


def test_letters_of_all_languages_arrive(tmp_path: Path) -> None:
    mail = read(settings_with(tmp_path), subject="Schlüssel „Łódź“ 鍵 🦊", text="Grüße aus Łódź 鍵 🦊\n")
    assert mail["Subject"] == "Schlüssel „Łódź“ 鍵 🦊"
    assert lines(mail) == "Grüße aus Łódź 鍵 🦊\n"


def test_long_links_arrive_in_one_piece(tmp_path: Path) -> None:
    link = f"/notify-addresses/{'a' * 300}"
    assert f"https://portal.example.net{link}\n" in lines(read(settings_with(tmp_path), text=f"Here:\n{PUBLIC_URL}{link}\n"))


def test_an_international_domain_is_written_so_that_every_server_takes_it(tmp_path: Path) -> None:
    assert read(settings_with(tmp_path), recipient="noc@bücher.example")["To"] == "noc@xn--bcher-kva.example"


@pytest.mark.parametrize("recipient", ["x@example.net\r\nBcc: y@example.net", "x@example.net, y@example.net", "nobody", ""])
def test_a_recipient_that_is_no_address_is_no_header(tmp_path: Path, recipient: str) -> None:
    with pytest.raises(ValueError):
        read(settings_with(tmp_path), recipient=recipient)


def test_a_mail_that_is_sent_again_is_the_same_one(tmp_path: Path) -> None:
    settings = settings_with(tmp_path)
    assert read(settings)["Message-ID"] == read(settings)["Message-ID"] != read(settings, recipient="alice@example.net")["Message-ID"]
