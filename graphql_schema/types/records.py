"""What all records show, and what those with a name or a postal address show."""

import strawberry

import graphql_schema.schema.enums  # noqa: F401 - the choices, with their descriptions
from graphql_schema.schema.fields import column
from graphql_schema.schema.scalars import DateTime
from graphql_schema.schema.social_media import SocialMedia
from portal.registry.choices import Source, Status


@strawberry.interface(description="Everything in the registry that has an id. Needs no scope.")
class Node:
    """https://graphql.org/learn/global-object-identification/"""

    id: strawberry.ID = column("Unique over all types and stable, as net:20: the type's PeeringDB tag and the record's number there.", "id")


@strawberry.type
class Record(Node):
    """Inherited by all record types."""

    database_id: int = column(
        "The record's number, PeeringDB's where it came from there; records made here have 1000000000 and more. Never 0.", "id"
    )
    status: Status = column("Its state; pending records are shown to their own organization, deleted ones where they are included.")
    created: DateTime = column("When it was created, in UTC.")
    updated: DateTime = column("When it last changed, in UTC.")
    source: Source = column("Who is the authority for it: IMPORT follows PeeringDB's data, HERE is kept by its organization.")
    version: int = column("Counts the changes of what can be edited, from 1; 0 in a row that you may no longer see. It is for `ifVersion`.")


@strawberry.type
class Named(Record):
    """Inherited by record types that have a name."""

    name: str = column("Its name, unique among records of its type.")
    aka: str = column("Another name; empty where there is none.")
    name_long: str = column("Its long name; empty where there is none.")
    website: str = column("Its website's address; empty where there is none.")
    social_media: list[SocialMedia] = column("Its accounts elsewhere.")
    notes: str = column("Notes in Markdown, written by strangers: don't trust them.")
    logo: str = column("Address of its logo; empty where there is none.")
    confirmed_at: DateTime | None = column("When its organization last said that it is still true, in UTC; null if it never did.")


@strawberry.type
class Addressed(Named):
    """Inherited by record types that have a postal address."""

    address1: str = column("First line of the postal address.")
    address2: str = column("Second line of the postal address.")
    city: str = column("City.")
    country: str = column("Country, ISO 3166-1 alpha-2; empty where unknown.")
    state: str = column("State or province.")
    zipcode: str = column("Postal code.")
    floor: str = column("Floor.")
    suite: str = column("Suite.")
    latitude: float | None = column("Degrees north (WGS 84); null where unknown, 0 on the equator.")
    longitude: float | None = column("Degrees east (WGS 84); null where unknown, 0 on the meridian of Greenwich.")
