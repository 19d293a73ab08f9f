"""What changed, in the order of its change, deleted rows among it."""

from typing import Any

from flask import Flask

from portal.access.principal import ANONYMOUS
from portal.access.visibility import bound_values, visibility_of
from portal.db.prepared import Prepared
from portal.db.reader import Row, Snapshot
from portal.db.session import lock
from portal.extensions import db
from portal.registry.networks import NETWORK, Network
from portal.registry.read.paging import BY_CHANGE
from portal.registry.read.selects import Reading, changed
from tests.people import People
from tests.registry import Records


def read(people: People, who: str, *, deleted: bool = True, **after: Any) -> list[Row]:
    """(status, changed, id) of the networks."""
    principal = people.principal(who) if who else ANONYMOUS
    with Snapshot(db.engine) as snapshot:
        begins = (False,) if after else None
        statement = changed(Reading(NETWORK, visibility_of(principal), ("status",), order=BY_CHANGE, after=begins, deleted=deleted))
        return Prepared(statement, snapshot.dialect).rows(snapshot, {**bound_values(principal), "limit": 10, **after})


def test_rows_come_as_they_changed_and_deleted_ones_too(app: Flask, people: People, records: Records) -> None:
    with app.app_context():
        lock(db.session())
        db.session.get_one(Network, records["net"]).name = "Renamed Net"
        db.session.commit()
        rows = read(people, "alice")
        assert [row[0] for row in rows] == ["ok", "ok", "pending", "deleted", "ok"]
        assert rows[-1][-1] == records["net"], "it changed last"
        assert [row[0] for row in read(people, "charlie")] == ["ok", "ok", "deleted", "ok"]
        assert [row[0] for row in read(people, "")] == ["ok", "ok", "deleted", "ok"]
        assert [row[0] for row in read(people, "", deleted=False)] == ["ok", "ok", "ok"]
        _, version, number = rows[2]
        assert read(people, "alice", a0=version, after_id=number) == rows[3:]
        assert read(people, "alice", a0=version, after_id=2**31 - 1) == rows[4:]
