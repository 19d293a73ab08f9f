"""Every act on a key, member, policy or record is a row, written in the transaction of the act itself."""

from portal.audit.events import Event
from portal.audit.record import record
from portal.audit.subject import Subject

__all__ = ["Event", "Subject", "record"]
