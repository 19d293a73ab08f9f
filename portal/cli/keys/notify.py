"""`portal keys notify`: for cron."""

from collections.abc import Sequence
from typing import Any

import click

from portal.api_keys.notices.reminders import Due, find_due, put_due
from portal.cli.context import open_registry
from portal.cli.keys.options import AS_JSON
from portal.cli.output import write_json
from portal.extensions import db, settings
from portal.mails.backlog import Backlog, read_backlog
from portal.mails.delivery import Tally, deliver
from portal.mails.transport import transport_for


@click.command("notify")
@click.option("--dry-run", is_flag=True, help="Say what is due and what waits; put and send nothing.")
@AS_JSON
def notify(dry_run: bool, as_json: bool) -> None:
    """Notify about keys that expire soon or are unused, and send all waiting e-mails. Call it from cron, at least once a day.

    It can be called as often as you like, also while another one runs: each mail is put once. Ends with 1 when mails couldn't be sent, in
    this run or for an hour.
    """
    with open_registry() as session:
        due = find_due(session) if dry_run else put_due(session)
        session.commit()
        transport = None if dry_run else transport_for(settings())
        tally = deliver(db.engine, transport) if transport else Tally()
        backlog = read_backlog(session)
        sends = dry_run or transport is not None
    if as_json:
        write_json(notify_facts(due, tally, backlog))
    else:
        click.echo(notify_words(due, tally, backlog, dry_run), err=True)
    if not sends and backlog.waiting:
        raise click.ClickException(f"E-mails wait ({backlog.waiting}), and nothing sends them here. Set PORTAL_SMTP_URL.")
    if not dry_run and (tally.failed or tally.given_up or backlog.late):
        raise click.ClickException(f"E-mails couldn't be sent. {backlog.last_error}".strip())


def notify_facts(due: Sequence[Due], tally: Tally, backlog: Backlog) -> dict[str, Any]:
    """`put`: what became due, `waiting`: what is left to send, `lost`: what was given up in the last 7 days."""
    return {
        "put": [{"event": key.event.partition(" ")[0], "keyId": key.key_id, "name": key.name} for key in due],
        "sent": tally.sent,
        "failed": tally.failed,
        "givenUp": tally.given_up,
        "waiting": backlog.waiting,
        "lost": backlog.given_up,
        "lastError": backlog.last_error or None,
    }


def notify_words(due: Sequence[Due], tally: Tally, backlog: Backlog, dry_run: bool) -> str:
    subjects = [f"{'Would notify' if dry_run else 'Notified'}: {key.letter.subject}" for key in due]
    sent = f"{tally.sent} sent, {tally.failed} failed, {tally.given_up} given up, "
    return "\n".join([*subjects, f"E-mails: {'' if dry_run else sent}{backlog.waiting} waiting."])
