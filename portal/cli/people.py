"""People's accounts from the command line: the first admin of an organization, and a way back in for who forgot a password."""

import sys

import click

from portal.access.permissions import Role
from portal.access.principal import COMMAND_LINE
from portal.accounts import add_member, create_person, delete_person, find_person, make_password, reset_password
from portal.cli.context import open_registry
from portal.cli.ids import ORGANIZATION
from portal.errors import Invalid

ON_STDIN = click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one.")
EMAIL = click.option("--email", required=True, help="The e-mail address that the person signs in with.")
SHOWN_ONCE = "It is shown only now, and must be changed at the next sign-in."


@click.command("create-admin")
@EMAIL
@ORGANIZATION
@click.option("--name", default=None, help="The person's name; by default the part of the e-mail address before the @.")
@ON_STDIN
def create_admin(email: str, organization_id: int, name: str | None, password_stdin: bool) -> None:
    """Make an account for an admin of an organization.

    Prints a random password once, which must be changed at the first sign-in, unless one is given on standard input.
    """
    password = read_password() if password_stdin else make_password()
    with open_registry() as session:
        person = create_person(
            session,
            COMMAND_LINE,
            email=email,
            name=name or email.partition("@")[0],
            password=password,
            must_change_password=not password_stdin,
        )
        add_member(session, COMMAND_LINE, organization_id, person.id, Role.ADMIN)
        created_email = person.email
        session.commit()
    click.echo(f"{created_email} is an admin of organization {organization_id}.", err=True)
    show(password, hidden=password_stdin)


@click.command("reset-password")
@EMAIL
@ON_STDIN
def reset(email: str, password_stdin: bool) -> None:
    """Give a person a new password and end all their sessions.

    Prints a random password once, which must be changed at the next sign-in, unless one is given on standard input.
    """
    given = read_password() if password_stdin else None
    with open_registry() as session:
        password = reset_password(session, COMMAND_LINE, email, given=given)
        session.commit()
    click.echo(f"{email} has a new password, and is signed out everywhere.", err=True)
    show(password, hidden=password_stdin)


@click.command("delete-person")
@EMAIL
def delete(email: str) -> None:
    """Delete a person's account.

    Its roles and sessions go with it. The API keys they created keep working, and the audit still names them.
    """
    with open_registry() as session:
        delete_person(session, COMMAND_LINE, find_person(session, email).id)
        session.commit()
    click.echo(f"The account {email} is deleted.", err=True)


def read_password() -> str:
    """The first line of standard input. Raises Invalid where there is none, or no text."""
    try:
        password = sys.stdin.readline().rstrip("\r\n")
        password.encode()
    except UnicodeError:
        raise Invalid("The password on standard input isn't text in UTF-8.", "password") from None
    if not password:
        raise Invalid("There is no password on standard input.", "password")
    return password


def show(password: str, *, hidden: bool) -> None:
    """The password alone on standard output, for a script; what is to be said of it on standard error."""
    if not hidden:
        click.echo(password)
        click.echo(SHOWN_ONCE, err=True)


commands = (create_admin, delete, reset)
