"""No row is lost, or changed, on the way from any older release to this one.

What the newest migrations do to rows of all tables shows from the newest numbers. That the way from an old number still leads here is
tried from the first; from the others between them it is a repetition.
"""

import pytest

from portal.cli.context import stored_migration
from portal.cli.upgrade import upgrade
from tests.migrations.older import NEWEST, OLDER, Older

TRIED = (OLDER[0], *OLDER[-3:])
NUMBERS = [number if number in TRIED else pytest.param(number, marks=pytest.mark.repetition) for number in OLDER]


@pytest.mark.parametrize("number", NUMBERS)
def test_all_rows_stay(older: Older, number: str) -> None:
    with older(number) as database:
        before = database.rows()
        assert database.unused_foreign_keys(before) == []
        upgrade()
        assert stored_migration() == NEWEST
        assert database.rows() == before


def test_what_an_interrupted_migration_left_is_no_obstacle(older: Older) -> None:
    with older("0010") as database:
        before = database.rows()
        database.execute("CREATE TABLE _alembic_tmp_api_key AS SELECT * FROM api_key")
        upgrade()
        assert stored_migration() == NEWEST
        assert database.rows() == before


def test_new_columns_say_what_held_before(older: Older) -> None:
    with older("0009") as database:
        upgrade()
        assert database.execute("SELECT count(*) FROM contact WHERE was_visible = visible") == [(3,)]
        assert database.execute("SELECT DISTINCT addresses, points FROM api_key") == [("[]", None)]
