"""Writes records as an operator at the command line, over rows as they really are."""

from typing import Any

from sqlalchemy.orm import Session

from portal.access.principal import COMMAND_LINE
from portal.db.session import lock
from portal.registry.types import TYPES
from portal.registry.write.act import Written
from portal.registry.write.create import create_record
from portal.registry.write.delete import delete_record
from portal.registry.write.update import update_record
from tests.people import People
from tests.registry import Records


class Writer:
    """Writes as an operator at the command line, and takes everything back when it is told to."""

    def __init__(self, session: Session, people: People, records: Records) -> None:
        self.session, self.people, self.ids = session, people, dict(records.ids)

    def __getitem__(self, name: str) -> int:
        return self.ids[name]

    def put(self, short: str, model: Any, /, **values: Any) -> int:
        """Stores a row as it is, as an import does."""
        lock(self.session)
        self.ids[short] = 5_000_000 + len(self.ids)
        self.session.add(model(id=self.ids[short], **values))
        self.session.flush()
        return self.ids[short]

    def change(self, short: str, model: Any, /, **values: Any) -> None:
        lock(self.session)
        row = self.session.get_one(model, self.ids[short])
        for column, value in values.items():
            setattr(row, column, value)
        self.session.flush()

    def create(self, tag: str, **given: Any) -> Written:
        return create_record(self.session, COMMAND_LINE, TYPES[tag], given)

    def update(self, tag: str, short: str, /, **given: Any) -> Written:
        return update_record(self.session, COMMAND_LINE, TYPES[tag], self.ids[short], given)

    def delete(self, tag: str, short: str) -> Written:
        return delete_record(self.session, COMMAND_LINE, TYPES[tag], self.ids[short])
