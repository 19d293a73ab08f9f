"""What an organization owns, for choosing a key's objects and for naming those that it has."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from portal.access import Principal, require
from portal.api_keys.grants import OBJECTS
from portal.models import Network
from portal.models.records import DELETED
from portal.permissions import Permission


def objects_of(connection: Connection, principal: Principal, organization_id: int) -> Mapping[str, Sequence[tuple[int, str]]]:
    """Resource → (id, label) of everything the organization owns, pending too; the objects of contacts are their networks."""
    require(principal, Permission.KEYS_SEE, organization_id)
    labels = {}
    for model in set(OBJECTS.values()):
        columns = (model.id, model.asn, model.name) if model is Network else (model.id, model.name)
        where = (model.organization_id == organization_id, model.status != DELETED)
        rows = connection.execute(select(*columns).where(*where).order_by(*columns[1:]))
        labels[model] = [(row.id, f"AS{row.asn} {row.name}" if model is Network else row.name) for row in rows]
    return {resource: labels[model] for resource, model in OBJECTS.items()}
