"""`portal check`: what is wrong with an installation, each problem with its cure."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import click
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, InterfaceError

from portal.api_keys.authenticate.peppers import check_peppers
from portal.cli.context import check_migrated, open_database
from portal.cli.errors import describe
from portal.errors import ConfigurationError
from portal.extensions import db
from portal.limits.budgets import Budget
from portal.limits.redis import AWAY, SharedSpending
from portal.mails.backlog import read_backlog
from portal.mails.transport import Away, SmtpServer
from portal.settings import Settings, read

OLDEST_POSTGRESQL = 15
SHARED = 0o077  # what group and others may do


@click.command()
def check() -> None:
    """Check the configuration, the database, Redis and the mail server.

    Says what was checked, and every problem with its cure. Ends with 1 when there is any.
    """
    try:
        found = read()
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Settings: {'production' if found.production else 'local mode, for this machine alone'}; data in {found.data}")
    problems = [*about_folder(found), *about_address(found), *about_database(found), *about_redis(found), *about_mail(found)]
    for problem in problems:
        click.echo(f"Problem: {problem}")
    if problems:
        raise click.ClickException(f"{len(problems)} problem{'s' if len(problems) > 1 else ''} found.")
    click.echo("All is well.")


def about_folder(found: Settings) -> Iterator[str]:
    """Modes: the data folder and the secrets in it are for their owner alone."""
    for path, mode in ((found.data, "700"), (found.data / "secrets.json", "600")):
        if path.exists() and path.stat().st_mode & SHARED:
            yield f"{path} can be opened by others. Run: chmod {mode} {path}"


def about_address(found: Settings) -> Iterator[str]:
    if found.production and not found.https:
        yield f"PORTAL_PUBLIC_URL is {found.public_url}, which only this machine can open. Set it to the https:// address that people type."
    if found.https and not found.proxy_hops:
        yield (
            "PORTAL_PROXY_HOPS is 0, but https needs a proxy in front, so that all callers seem to come from its address. "
            "Set it to the number of your proxies, as a rule 1."
        )


def about_database(found: Settings) -> Iterator[str]:
    """In the order in which one failing makes the rest meaningless."""
    click.echo(f"Database: {make_url(found.database_url).render_as_string(hide_password=True)}")
    with open_database(found):
        try:
            with db.engine.connect() as connection:
                yield from about_engine(connection)
        except (DatabaseError, InterfaceError) as error:
            yield describe(error)
            return
        yield from said(check_migrated) or said(lambda: check_peppers(db.session(), found.peppers))


def about_redis(found: Settings) -> Iterator[str]:
    """A count of nothing, with the script that counts requests, says whether they could be counted there."""
    if found.redis_url is None:
        return
    parts = urlsplit(found.redis_url)
    click.echo(f"Redis: {parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")
    spending = SharedSpending(url=found.redis_url, secret=found.secret_key.encode())
    try:
        spending.ask([Budget("failures", "portal check", 1)], 0, bounded=False)
    except AWAY as error:
        yield f"Redis can't be used: {error} Start it, or mend PORTAL_REDIS_URL; until then each worker counts alone."


def about_mail(found: Settings) -> Iterator[str]:
    """Whether the server takes us, and what the outbox says of the mails before."""
    if found.smtp_url is None:
        click.echo("Mail: PORTAL_SMTP_URL isn't set; mails wait, or are printed on the terminal that `portal serve` runs on in local mode")
    else:
        parts = urlsplit(found.smtp_url)
        click.echo(f"Mail: {parts.scheme}://{parts.netloc.rpartition('@')[2]}, from {found.mail_sender}")
        yield from refused_by(SmtpServer(parts, found.mail_sender))
    with open_database(found):
        try:
            left = read_backlog(db.session())
        except (DatabaseError, InterfaceError):
            return  # about_database has said why
    if found.smtp_url is None and found.production and left.waiting:
        yield f"Mails wait ({left.waiting}), and nothing sends them. Set PORTAL_SMTP_URL."
    elif found.smtp_url is not None and left.late:
        why = left.last_error or "Is `portal serve` running? `portal keys notify` sends them, too."
        yield f"Mails have waited for over an hour ({left.late}). {why}"
    if left.given_up:
        yield f"Mails of the last 7 days were given up ({left.given_up}). {left.last_error} Mend what the error says, or the address."


def refused_by(server: SmtpServer) -> Iterator[str]:
    try:
        server.greet()
    except Away as error:
        yield f"The mail server can't be used: {error} Mend PORTAL_SMTP_URL; until then mails wait."


def about_engine(connection: Connection) -> Iterator[str]:
    """What the statements and the constraints of the portal rely on."""
    if connection.dialect.name == "postgresql":
        version = connection.scalar(text("SELECT current_setting('server_version_num')::int / 10000"))
        if version < OLDEST_POSTGRESQL:
            yield f"PostgreSQL {version} is too old. Upgrade the server to {OLDEST_POSTGRESQL} or newer."
        if connection.scalar(text("SHOW server_encoding")) != "UTF8":
            yield "The database's encoding isn't UTF8. Make a new one: createdb --template=template0 --encoding=UTF8 NAME"
    else:
        if connection.scalar(text("PRAGMA journal_mode")) != "wal":
            yield "SQLite can't log ahead on this file system. Put the database on a local disk."
        if connection.scalar(text("PRAGMA foreign_keys")) != 1:
            yield "This SQLite doesn't check foreign keys. Use a Python whose SQLite was built with them."


def said(ask: Callable[[], None]) -> list[str]:
    """The problem that it raises, if any; such a text names its cure."""
    try:
        ask()
    except ConfigurationError as error:
        return [str(error)]
    return []


commands = (check,)
