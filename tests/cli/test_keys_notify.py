"""`portal keys notify`, and mails that `portal serve` sends: real processes against a real SMTP server."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.commands import PORTAL, CommandLine
from tests.server import served
from tests.smtp import Postbox

Issued = Callable[..., dict[str, Any]]
NOTHING = {"sent": 0, "failed": 0, "givenUp": 0, "waiting": 0, "lost": 0, "lastError": None}
DUE = [
    'API key "Peering finder" of Northlight Networks expires in 10 days',
    'API key "Terraform records" of Northlight Networks hasn\'t been used for 60 days',
]


def test_a_demo_has_written_to_nobody(demo: CommandLine, postbox: Postbox) -> None:
    assert demo.ok("keys", "notify", "--dry-run", "--json").json["waiting"] == 0
    demo.ok("keys", "notify", PORTAL_SMTP_URL=postbox.url)
    assert {mail["Subject"] for mail in postbox.mails} == set(DUE)


def test_what_is_due_is_told_once_however_often_cron_calls(demo: CommandLine, postbox: Postbox) -> None:
    assert demo.ok("keys", "notify", "--dry-run").err.splitlines() == [*(f"Would notify: {name}" for name in DUE), "E-mails: 0 waiting."]
    first = demo.ok("keys", "notify", "--json", PORTAL_SMTP_URL=postbox.url).json
    assert [(due["event"], due["name"]) for due in first.pop("put")] == [
        ("api_key.expiring", "Peering finder"),
        ("api_key.unused", "Terraform records"),
    ]
    assert first == NOTHING | {"sent": len(postbox.mails)}
    sent = len(postbox.mails)
    assert demo.ok("keys", "notify", "--json", PORTAL_SMTP_URL=postbox.url).json == NOTHING | {"put": []}
    assert len(postbox.mails) == sent > 2  # to the admin, and to the notify addresses


def test_two_at_once_send_each_mail_once(demo: CommandLine, postbox: Postbox) -> None:
    environment = demo.environment(PORTAL_SMTP_URL=postbox.url)
    command = [*PORTAL, "keys", "notify"]
    processes = [subprocess.Popen(command, cwd=demo.folder, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    keys = [(recipient, mail["Subject"]) for mail, (_, (recipient,)) in zip(postbox.mails, postbox.envelopes, strict=True)]
    assert sorted(keys) == sorted(set(keys))
    assert {subject for _, subject in keys} == set(DUE)


def test_mails_that_nothing_sends_wait_and_are_said_to(demo: CommandLine, issued: Issued, postbox: Postbox) -> None:
    issued("--grant", "networks:read")
    said = demo("keys", "notify")
    assert (said.code, said.err.splitlines()[-1]) == (1, "Error: E-mails wait (6), and nothing sends them here. Set PORTAL_SMTP_URL.")
    demo.ok("check")  # this is local mode
    assert "6 sent, 0 failed, 0 given up, 0 waiting" in demo.ok("keys", "notify", PORTAL_SMTP_URL=postbox.url).err


def test_a_mail_that_is_refused_is_told_to_cron_and_to_the_check(demo: CommandLine, postbox: Postbox) -> None:
    postbox.recipients["admin@example.net"] = "550 no such mailbox"
    said = demo("keys", "notify", "--json", PORTAL_SMTP_URL=postbox.url)
    assert said.code == 1
    assert said.err.endswith("Error: E-mails couldn't be sent. The recipient is refused: 550 no such mailbox\n")
    assert (said.json["givenUp"], said.json["lost"], said.json["lastError"]) == (2, 2, "The recipient is refused: 550 no such mailbox")
    checked = demo("check", PORTAL_SMTP_URL=postbox.url)
    assert checked.code == 1
    assert "Problem: E-mails of the last 7 days were given up (2). The recipient is refused: 550 no such mailbox" in checked.out
    demo.ok("keys", "notify", PORTAL_SMTP_URL=postbox.url)  # said once is enough


def test_a_server_that_is_away_is_a_problem_told_without_its_password(demo: CommandLine) -> None:
    said = demo("check", PORTAL_SMTP_URL="smtp://portal:hush-hush@127.0.0.1:1")
    assert said.code == 1
    assert "E-mail: smtp://127.0.0.1:1, from peering-portal@localhost\n" in said.out
    assert "Problem: The mail server can't be used: The conversation broke off: [Errno 111] Connection refused" in said.out
    assert "hush-hush" not in said.out + said.err


def test_a_mail_server_that_takes_us_is_well(demo: CommandLine, postbox: Postbox) -> None:
    assert demo.ok("check", PORTAL_SMTP_URL=postbox.url).out.endswith("All is well.\n")
    assert postbox.mails == []


def test_a_production_without_a_mail_server_is_a_choice_that_check_notes(migrated: CommandLine) -> None:
    migrated.ok("demo")
    migrated("keys", "notify")
    assert re.search(r"Note: PORTAL_SMTP_URL isn't set, so e-mails wait \([1-9]\d* wait now\)\.", migrated.ok("check").out)


def test_a_server_sends_what_commands_have_put_with_its_own_address(demo: CommandLine, issued: Issued, postbox: Postbox) -> None:
    key = issued("--grant", "networks:read", name="from the shell")
    with served(demo, PORTAL_SMTP_URL=postbox.url) as server:
        mail = next(mail for mail in postbox.wait_for(2) if "from the shell" in mail["Subject"])
        assert f"{server.url}/organizations/{key['organization']}/keys/{key['keyId']}/revoke" in mail.get_content()
        assert server.end(signal.SIGTERM) == (0, "")
    assert len(postbox.mails) == 2


def test_mails_are_printed_on_a_terminal_in_local_mode(demo: CommandLine) -> None:
    script = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)"
    ended = subprocess.run(
        [sys.executable, "-c", script, *PORTAL, "keys", "notify"],
        cwd=demo.folder,
        env=demo.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended
    assert f"To: admin@example.net\nSubject: {DUE[0]}\n" in ended.stdout.replace("\r\n", "\n")
    assert demo.ok("keys", "notify", "--json").json["waiting"] == 0


@pytest.mark.parametrize("url", ["smtp://", "http://mail.example.net"])
def test_a_wrong_address_of_a_mail_server_stops_every_command(demo: CommandLine, url: str) -> None:
    assert "PORTAL_SMTP_URL must be" in demo("keys", "notify", PORTAL_SMTP_URL=url).line
