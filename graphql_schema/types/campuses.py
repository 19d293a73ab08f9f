"""Campus."""

from typing import Any

from graphql_schema.schema.fields import column, record, relation
from graphql_schema.schema.lookups import filter_for
from graphql_schema.schema.orders import order_for
from graphql_schema.types.records import Named
from portal.registry.campuses import CAMPUS


@record(CAMPUS)
class Campus(Named):
    """Facilities of one organization that lie close together."""

    city: str = column("City.")
    country: str = column("Country, ISO 3166-1 alpha-2.")
    state: str = column("State or province.")
    zipcode: str = column("Postal code.")

    organization: Any = relation("Who owns it.")
    facilities: Any = relation("Its facilities.")


CampusFilter = filter_for(Campus)
CampusOrder = order_for(Campus)
