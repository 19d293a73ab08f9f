"""What the newest file says of an object and what belongs to it, taken over into the rows that are stored here."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db.base import FIRST_LOCAL_ID
from portal.registry.description import RecordType
from portal.registry.records import DELETED, FROM_IMPORT, LIVE
from portal.registry.types import RECORDS, TYPES
from portal.registry.write.create import copied_values
from portal.registry.write.delete import bury, with_rows_below
from portal.registry.write.derived.derived_values import derived_values
from portal.registry.write.names import name_of
from portal.registry.write.place import Place, place_of
from portal.registry.write.record_history import RowChange
from portal.registry.write.taken import NewValues, taken_values
from portal.registry.write.update import store


class FileRows:
    """`values`: (tag, id) → column → the file's value; `new`: rows that it alone has; `gone`: rows that it hasn't."""

    def __init__(self, session: Session, place: Place, differences: list[Any]) -> None:
        self.session, self.place = session, place
        self.warnings: list[str] = []
        self.values: defaultdict[tuple[str, int], dict[str, Any]] = defaultdict(dict)
        self.new: dict[tuple[str, int], Mapping[str, Any]] = {}
        self.gone: set[tuple[str, int]] = set()
        for tag, record_id, field, imported in differences:
            if field:
                self.values[tag, record_id][field] = imported
            elif imported is not None:
                self.new[tag, record_id] = imported
            else:
                self.gone.add((tag, record_id))

    def bury_gone(self) -> Iterator[RowChange]:
        """Deletes what the file hasn't below the object, and what was made here: where the file has the like, that takes its place."""
        if (self.place.kind.tag, self.place.row.id) in self.gone:
            self.warnings.append(f"The newest file has no {name_of(self.place.kind, self.place.row)}: an import may delete it.")
        for kind, row in list(self.below(self.place.kind, self.place.row)):
            if row.status != DELETED and (row.id >= FIRST_LOCAL_ID or (kind.tag, row.id) in self.gone):
                for below_kind, below in list(with_rows_below(self.session, kind, row)):
                    yield bury(below_kind, below, place_of(self.session, below_kind, below))
        self.session.flush()

    def below(self, parent: RecordType, row: Any) -> Iterator[tuple[RecordType, Any]]:
        """What goes with a row, by who keeps it."""
        for kind in TYPES.values():
            if not kind.is_object and kind.parents.get(kind.owner) is parent:
                model: Any = kind.model
                owner = getattr(model, kind.owner)
                for child in self.session.scalars(select(model).where(owner == row.id, model.status != DELETED).order_by(model.id)):
                    yield kind, child
                    yield from self.below(kind, child)

    def take_values(self) -> Iterator[RowChange]:
        for (tag, record_id), values in self.values.items():
            kind = TYPES[tag]
            row: Any = self.session.get(kind.model, record_id)
            if row is None or row.status == DELETED or not self.is_free(kind, record_id, values, row):
                continue
            fields = {name: (getattr(row, name), value) for name, value in values.items() if getattr(row, name) != value}
            if fields:
                store(row, {name: value for name, (_, value) in fields.items()} | derived_values(kind, values))
                self.session.flush()
                yield RowChange(kind, row, self.place, fields)

    def take_new(self) -> Iterator[RowChange]:
        """Parents before their children."""
        for tag, record_id in sorted(self.new, key=lambda identity: (list(RECORDS).index(identity[0]), identity[1])):
            kind, values = TYPES[tag], dict(self.new[tag, record_id])
            row: Any = self.session.get(kind.model, record_id)
            if row is not None and row.status != DELETED:
                continue
            if self.has_parents(kind, record_id, values) and self.is_free(kind, record_id, values):
                yield RowChange(kind, self.put(kind, record_id, values, row), self.place, {"status": (row and DELETED, LIVE)})

    def put(self, kind: RecordType, record_id: int, values: Mapping[str, Any], row: Any) -> Any:
        """Returns the flushed row, a new one or one that was deleted here."""
        given = {**values, **derived_values(kind, values), "status": LIVE, "source": FROM_IMPORT}
        if row is None:
            model: Any = kind.model
            row = model(id=record_id, **given)
            given = copied_values(self.session, kind, row)
            self.session.add(row)
        else:
            given |= copied_values(self.session, kind, row)
            row.version += 1
        for column, value in given.items():
            setattr(row, column, value)
        self.session.flush()
        return row

    def has_parents(self, kind: RecordType, record_id: int, values: Mapping[str, Any]) -> bool:
        for column, parent in kind.parents.items():
            row: Any = self.session.get(parent.model, values.get(column))
            if row is None or row.status == DELETED:
                self.warnings.append(f"{kind.tag}:{record_id} wasn't taken: there is no {parent.tag}:{values.get(column)}.")
                return False
        return True

    def is_free(self, kind: RecordType, record_id: int, values: Mapping[str, Any], row: Any = None) -> bool:
        problems = list(taken_values(self.session, kind, [NewValues(values, row)]))
        self.warnings += [f"{kind.tag}:{record_id} wasn't taken: {problem.message}" for problem in problems]
        return not problems
