"""Contact."""

from typing import Any

from graphql_schema.schema.fields import column, record, relation
from graphql_schema.schema.lookups import filter_for
from graphql_schema.schema.orders import order_for
from graphql_schema.types.records import Record
from portal.registry.choices import Audience, ContactRole
from portal.registry.contacts import CONTACT


@record(CONTACT)
class Contact(Record):
    """A contact for a network: public ones, those for users of the registry, and your own organization's private ones."""

    role: ContactRole | None = column("What the contact is for; peering is POLICY.")
    visible: Audience | None = column("Who may see it.")
    name: str = column("A person's or a team's name.")
    phone: str = column("Phone number, E.164 where well kept.")
    email: str = column("E-mail address.")
    url: str = column("Web address.")

    network: Any = relation("The network it speaks for.")


ContactFilter = filter_for(Contact)
ContactOrder = order_for(Contact)
