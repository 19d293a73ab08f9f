"""Taking imported records over, as `portal records keep` does."""

from portal.access.principal import COMMAND_LINE
from portal.extensions import db
from portal.registry.types import TYPES
from portal.registry.write.keep_here import keep_here


def keep(*records: tuple[str, int]) -> None:
    """Needs the app's context."""
    for tag, identity in records:
        keep_here(db.session(), COMMAND_LINE, TYPES[tag], identity)
    db.session.commit()
