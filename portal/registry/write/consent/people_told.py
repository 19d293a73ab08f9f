"""Mails to the people who edit an organization's records, about what another organization did that concerns them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.permissions import EDITORS
from portal.mails.outbox import put
from portal.models import Membership, Person


def tell_editors(session: Session, organization_id: int, event: str, about: str, subject: str, text: str) -> None:
    """Puts one mail for each admin and editor who didn't get one of this event about this."""
    emails = select(Person.email).join(Membership, Membership.person_id == Person.id)
    recipients = session.scalars(emails.where(Membership.organization_id == organization_id, Membership.role.in_(sorted(EDITORS)))).all()
    put(session, event=event, about=about, organization_id=organization_id, recipients=recipients, subject=subject, text=text)
