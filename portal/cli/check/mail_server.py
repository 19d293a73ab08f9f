"""The mail server: whether it takes the portal's mails, and what the outbox says of the mails before."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import click
from sqlalchemy.exc import DatabaseError, InterfaceError

from portal.cli.context import open_database
from portal.extensions import db
from portal.mails.backlog import Backlog, read_backlog
from portal.mails.transport import Away, SmtpServer
from portal.settings import Settings


def about_mail_server(settings: Settings) -> Iterator[str]:
    if settings.smtp_url is not None:
        parts = urlsplit(settings.smtp_url)
        click.echo(f"E-mail: {parts.scheme}://{parts.netloc.rpartition('@')[2]}, from {settings.mail_sender}")
        yield from refused_by(SmtpServer(parts, settings.mail_sender))
    with open_database(settings):
        try:
            backlog = read_backlog(db.session())
        except (DatabaseError, InterfaceError):
            backlog = Backlog(0, 0, 0, "")  # about_database has said why
    if settings.smtp_url is None:
        mails = "e-mails wait" if settings.production else "e-mails are printed on the terminal that `portal serve` runs on"
        click.echo(f"Note: PORTAL_SMTP_URL isn't set, so {mails} ({backlog.waiting} wait now).")
    elif backlog.late:
        why = backlog.last_error or "Is `portal serve` running? `portal keys notify` sends them, too."
        yield f"E-mails have waited for over an hour ({backlog.late}). {why}"
    if backlog.given_up:
        yield f"E-mails of the last 7 days were given up ({backlog.given_up}). {backlog.last_error} Fix that, or the address."


def refused_by(server: SmtpServer) -> Iterator[str]:
    try:
        server.greet()
    except Away as error:
        yield f"The mail server can't be used: {error} Mend PORTAL_SMTP_URL; until then e-mails wait."
