"""People of the demo. Their passwords are random: the admin's is handed back to be shown once, the others' are thrown away."""

from datetime import datetime

from portal.access.permissions import Role
from portal.access.principal import COMMAND_LINE, Kind, Principal
from portal.accounts import add_member, create_person, delete_person
from portal.db.session import now
from portal.demo.builder import Builder, Row
from portal.models import Person

ADMIN = "admin@example.net"


def join(builder: Builder, row: Row, password: str, at: datetime) -> None:
    """Makes the account, and the member where the row names an organization."""
    person = create_person(
        builder.session,
        COMMAND_LINE,
        email=row["email"],
        name=row["name"],
        password=password,
        operator=row.get("operator", False),
    )
    person.created = at
    builder.ids[row["email"]] = person.id
    if "organization" in row:
        membership = add_member(builder.session, COMMAND_LINE, builder.ids[row["organization"]], person.id, Role(row["role"]))
        membership.created = person.created


def leave(builder: Builder, row: Row, _: datetime) -> None:
    delete_person(builder.session, COMMAND_LINE, builder.ids[row["email"]])


def principal_of(builder: Builder, email: str, organization_id: int) -> Principal:
    """An admin of the organization, as a page would see them after they confirmed who they are."""
    person = builder.session.get_one(Person, builder.ids[email])
    return Principal(
        Kind.MEMBER,
        str(person.id),
        person.name,
        roles={organization_id: Role.ADMIN},
        confirmed_at=now(),
        address="2001:db8:ffff::5",
        user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    )
