"""An organization's records: its members see them, and nobody else."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from portal.db.session import lock
from portal.extensions import db
from portal.registry.networks import Network
from tests.browser import Browser, text
from tests.people import People
from tests.registry import Records

Visit = Callable[[str], Browser]


@pytest.fixture
def place(people: People, records: Records) -> str:
    return f"/organizations/{people.ours}/records"


def follow_import(app: Flask, network_id: int) -> None:
    """As if the record had come from a dump, and nobody had kept it here."""
    with app.app_context():
        lock(db.session())
        db.session.execute(update(Network).where(Network.id == network_id).values(source="import"))
        db.session.commit()


@pytest.mark.parametrize("name", ["alice", "erin", "bob"])
def test_every_member_sees_the_records_and_who_keeps_them(app: Flask, visit: Visit, records: Records, place: str, name: str) -> None:
    follow_import(app, records["second"])
    said = text(visit(name).get(place))
    for words in ("Records of Example Org", "Networks (3)", "AS64500 Example Net Kept here", "AS64501 Éxample Łabs Follows the import"):
        assert words in said
    assert "AS64502 Waiting Net Pending Kept here" in said
    for hidden in ("Gone Net", "Other Net", "EX-IX"):
        assert hidden not in said


@pytest.mark.parametrize("name", ["charlie", "dave", "olga"])
def test_for_everybody_else_there_are_no_records(visit: Visit, place: str, name: str) -> None:
    assert visit(name).get(place).status_code == 404
