"""Every act on a key, member, policy or record is a row, written in the transaction of the act itself."""

from portal.audit.events import Event
from portal.audit.record import record

__all__ = ["Event", "record"]
