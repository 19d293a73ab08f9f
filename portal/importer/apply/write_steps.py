"""Writes the rows of some steps in the caller's transaction, with all that follows from them: ports' exchanges, counters, the next id."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection

from portal.importer.apply.import_history import History
from portal.importer.apply.row_steps import Step
from portal.importer.apply.writes import Ids, add, bury, change, former_parents
from portal.importer.imported_types import IMPORTED_TYPES
from portal.registry.write.recount import follow_lans, recount_changed, reserve_ids

Tally = Counter[tuple[str, str]]  # (type, added | updated | deleted)
Former = defaultdict[str, set[int]]


def write_steps(connection: Connection, steps: Sequence[Step], version: int, history: History) -> tuple[list[Step], Tally]:
    """Returns what is left of the steps, as their conditions don't hold now, and what became of how many rows."""
    left: list[Step] = []
    tally, former = Tally(), Former(set)
    for step in steps:
        written = write_step(connection, step, version, tally, former, history)
        rest = sorted(set(step.ids).difference(written))
        if rest:
            left.append(Step(step.kind, step.delete, rest))
    follow_up(connection, steps, version, former)
    return left, tally


def write_step(connection: Connection, step: Step, version: int, tally: Tally, former: Former, history: History) -> Ids:
    kind, ids = step.kind, step.ids
    note_former(connection, step, former)
    newest = history.newest()
    history.keep(kind, ids, doomed=step.delete)
    updated = change(connection, kind, ids, version, delete=step.delete)
    deleted = bury(connection, kind, ids, version) if step.delete else []
    history.forget(kind, newest, set(ids).difference(updated, deleted))
    added = [] if step.delete else add(connection, kind, ids, version)
    tally.update({(kind.tag, "updated"): len(updated), (kind.tag, "deleted"): len(deleted), (kind.tag, "added"): len(added)})
    return [*updated, *deleted, *added]


def write_knot(connection: Connection, steps: Sequence[Step], version: int, history: History) -> Tally:
    """Rows of a plan that nobody has overtaken: it has seen to their parents and their values."""
    tally, former = Tally(), Former(set)
    for step in steps:
        note_former(connection, step, former)
    for tag, kind in IMPORTED_TYPES.items():
        doomed, staged = ids_of(steps, tag, delete=True), ids_of(steps, tag, delete=False)
        if doomed or staged:
            history.keep(kind, [*doomed, *staged], doomed=True)
        for name, ids in (
            ("deleted", bury(connection, kind, doomed, version, knot=True) if doomed else []),
            ("updated", change(connection, kind, [*doomed, *staged], version, knot=True) if doomed or staged else []),
            ("added", add(connection, kind, staged, version, knot=True) if staged else []),
        ):
            tally[tag, name] += len(ids)
    follow_up(connection, steps, version, former)
    return tally


def ids_of(steps: Sequence[Step], tag: str, *, delete: bool) -> list[int]:
    return [number for step in steps if step.kind.tag == tag and step.delete is delete for number in step.ids]


def note_former(connection: Connection, step: Step, former: Former) -> None:
    for tag, ids in former_parents(connection, step.kind, step.ids).items():
        former[tag] |= ids


def follow_up(connection: Connection, steps: Sequence[Step], version: int, former: Former) -> None:
    lans = [number for step in steps if step.kind.tag == "ixlan" for number in step.ids]
    if lans:
        follow_lans(connection, version, lans)
    recount_changed(connection, version, former)
    reserve_ids(connection, max(max(step.ids) for step in steps))
