"""Members of imported organizations, which an import leaves alone from then on."""

from portal.db.session import lock
from portal.extensions import db
from portal.models import Membership, Person


def add_admin(organization_id: int) -> None:
    """Alice becomes an admin of the organization. Needs the app's context."""
    session = db.session()
    lock(session)
    person = Person(email="alice@example.net", name="Alice", password_digest="")
    session.add(person)
    session.flush()
    session.add(Membership(organization_id=organization_id, person_id=person.id, role="admin"))
    session.commit()
