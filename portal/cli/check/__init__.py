"""`portal check`: what is wrong with an installation, each problem with its cure. One file for each thing that is looked at."""

import click

from portal.access.principal import COMMAND_LINE
from portal.cli.check.data_folder import about_data_folder
from portal.cli.check.database import about_database
from portal.cli.check.mail_server import about_mail_server
from portal.cli.check.public_url import about_public_url
from portal.cli.check.redis_server import about_redis_server
from portal.cli.context import open_registry
from portal.errors import ConfigurationError
from portal.registry.write.derived.repair_counters import repair_counters
from portal.settings import read

LOOKS = (about_data_folder, about_public_url, about_database, about_redis_server, about_mail_server)


@click.command()
@click.option("--repair", is_flag=True, help="First count again how many ports, presences and contacts each record has.")
def check(repair: bool) -> None:
    """Check the configuration, disks, the database, Redis and the mail server.

    Says what was checked, and every problem with its cure. Ends with 1 when there is any. What is only worth knowing is a note.
    """
    if repair:
        mend_counters()
    try:
        settings = read()
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Settings: {'production' if settings.production else 'local mode, for this machine alone'}; data in {settings.data}")
    problems = [problem for look in LOOKS for problem in look(settings)]
    for problem in problems:
        click.echo(f"Problem: {problem}")
    if problems:
        raise click.ClickException(f"{len(problems)} problem{'s' if len(problems) > 1 else ''} found.")
    click.echo("All is well.")


def mend_counters() -> None:
    with open_registry() as session:
        mended = repair_counters(session, COMMAND_LINE)
        session.commit()
    click.echo(f"Counters: {mended} record{'s' if mended != 1 else ''} mended." if mended else "Counters: all are right.")


commands = (check,)
