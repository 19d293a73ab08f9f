"""`portal check`: what is wrong with an installation, each problem with its cure."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import click
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, InterfaceError

from portal.api_keys.authenticate.peppers import check_peppers
from portal.cli.context import check_migrated, open_database
from portal.cli.errors import database_error_line
from portal.errors import ConfigurationError
from portal.extensions import db
from portal.limits.budgets import Budget
from portal.limits.redis import AWAY, SharedSpending
from portal.mails.backlog import read_backlog
from portal.mails.transport import Away, SmtpServer
from portal.settings import Settings, read

MIN_POSTGRESQL_VERSION = 15
GROUP_AND_OTHERS = 0o077  # bits of a file's mode


@click.command()
def check() -> None:
    """Check the configuration, the database, Redis and the mail server.

    Says what was checked, and every problem with its cure. Ends with 1 when there is any.
    """
    try:
        settings = read()
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Settings: {'production' if settings.production else 'local mode, for this machine alone'}; data in {settings.data}")
    problems = [*about_folder(settings), *about_address(settings), *about_database(settings), *about_redis(settings), *about_mail(settings)]
    for problem in problems:
        click.echo(f"Problem: {problem}")
    if problems:
        raise click.ClickException(f"{len(problems)} problem{'s' if len(problems) > 1 else ''} found.")
    click.echo("All is well.")


def about_folder(settings: Settings) -> Iterator[str]:
    """Modes: the data folder and the secrets in it are for their owner alone."""
    for path, mode in ((settings.data, "700"), (settings.data / "secrets.json", "600")):
        if path.exists() and path.stat().st_mode & GROUP_AND_OTHERS:
            yield f"{path} can be opened by others. Run: chmod {mode} {path}"


def about_address(settings: Settings) -> Iterator[str]:
    if settings.production and not settings.https:
        yield f"PORTAL_PUBLIC_URL is {settings.public_url}, which only this machine opens. Set it to the https:// address that people use."
    if settings.https and not settings.proxy_hops:
        yield (
            "PORTAL_PROXY_HOPS is 0, but https needs a proxy in front, so that all callers seem to come from its address. "
            "Set it to the number of your proxies, as a rule 1."
        )


def about_database(settings: Settings) -> Iterator[str]:
    """In the order in which one failing makes the rest meaningless."""
    click.echo(f"Database: {make_url(settings.database_url).render_as_string(hide_password=True)}")
    with open_database(settings):
        try:
            with db.engine.connect() as connection:
                yield from about_engine(connection)
        except (DatabaseError, InterfaceError) as error:
            yield database_error_line(error)
            return
        yield from problem_raised_by(check_migrated) or problem_raised_by(lambda: check_peppers(db.session(), settings.peppers))


def about_redis(settings: Settings) -> Iterator[str]:
    """A count of nothing, with the script that counts requests, says whether they could be counted there."""
    if settings.redis_url is None:
        return
    parts = urlsplit(settings.redis_url)
    click.echo(f"Redis: {parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")
    spending = SharedSpending(url=settings.redis_url, secret=settings.secret_key.encode())
    try:
        spending.ask([Budget("failures", "portal check", 1)], 0)
    except AWAY as error:
        yield f"Redis can't be used: {error} Start it, or mend PORTAL_REDIS_URL; until then each worker counts alone."


def about_mail(settings: Settings) -> Iterator[str]:
    """Whether the server takes us, and what the outbox says of the mails before."""
    if settings.smtp_url is None:
        click.echo("Mail: PORTAL_SMTP_URL isn't set; mails wait, or are printed on the terminal that `portal serve` runs on in local mode")
    else:
        parts = urlsplit(settings.smtp_url)
        click.echo(f"Mail: {parts.scheme}://{parts.netloc.rpartition('@')[2]}, from {settings.mail_sender}")
        yield from refused_by(SmtpServer(parts, settings.mail_sender))
    with open_database(settings):
        try:
            backlog = read_backlog(db.session())
        except (DatabaseError, InterfaceError):
            return  # about_database has said why
    if settings.smtp_url is None and settings.production and backlog.waiting:
        yield f"Mails wait ({backlog.waiting}), and nothing sends them. Set PORTAL_SMTP_URL."
    elif settings.smtp_url is not None and backlog.late:
        why = backlog.last_error or "Is `portal serve` running? `portal keys notify` sends them, too."
        yield f"Mails have waited for over an hour ({backlog.late}). {why}"
    if backlog.given_up:
        yield f"Mails of the last 7 days were given up ({backlog.given_up}). {backlog.last_error} Mend what the error says, or the address."


def refused_by(server: SmtpServer) -> Iterator[str]:
    try:
        server.greet()
    except Away as error:
        yield f"The mail server can't be used: {error} Mend PORTAL_SMTP_URL; until then mails wait."


def about_engine(connection: Connection) -> Iterator[str]:
    """What the statements and the constraints of the portal rely on."""
    if connection.dialect.name == "postgresql":
        version = connection.scalar(text("SELECT current_setting('server_version_num')::int / 10000"))
        if version < MIN_POSTGRESQL_VERSION:
            yield f"PostgreSQL {version} is too old. Upgrade the server to {MIN_POSTGRESQL_VERSION} or newer."
        if connection.scalar(text("SHOW server_encoding")) != "UTF8":
            yield "The database's encoding isn't UTF8. Make a new one: createdb --template=template0 --encoding=UTF8 NAME"
    else:
        if connection.scalar(text("PRAGMA journal_mode")) != "wal":
            yield "SQLite can't log ahead on this file system. Put the database on a local disk."
        if connection.scalar(text("PRAGMA foreign_keys")) != 1:
            yield "This SQLite doesn't check foreign keys. Use a Python whose SQLite was built with them."


def problem_raised_by(check: Callable[[], None]) -> list[str]:
    """Returns the problem that the check raises, if any; its text names the cure."""
    try:
        check()
    except ConfigurationError as error:
        return [str(error)]
    return []


commands = (check,)
