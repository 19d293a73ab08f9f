"""What the operator alone asks about keys: which peppers their tokens need, and whose a token is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from portal.access.principal import COMMAND_LINE
from portal.api_keys.authenticate.lookup import find_anywhere
from portal.api_keys.authenticate.peppers import PepperStatus, count_tokens
from portal.db.session import now
from portal.errors import Forbidden, NotFound
from portal.extensions import db, settings
from portal.models import ApiKey, ApiKeyToken
from tests.apps import use_settings
from tests.people import People, Robot
from tests.rows import change_rows

MakeRobot = Callable[..., Robot]


def test_tokens_are_counted_by_pepper_and_whether_they_can_work(app: Flask, robot: MakeRobot) -> None:
    working, disabled, revoked, expired, retired, leaked = (
        robot("networks:read", name=name) for name in ("working", "disabled", "revoked", "expired", "retired", "leaked")
    )
    with app.app_context():
        change_rows(ApiKey, ApiKey.id == disabled.key_id, disabled_at=now())
        change_rows(ApiKey, ApiKey.id == revoked.key_id, revoked_at=now())
        change_rows(ApiKey, ApiKey.id == expired.key_id, expires_at=now() - timedelta(days=1))
        change_rows(ApiKeyToken, ApiKeyToken.api_key_id == retired.key_id, retires_at=now() - timedelta(days=1))
        change_rows(ApiKeyToken, ApiKeyToken.api_key_id == leaked.key_id, leaked_at=now())
        change_rows(ApiKeyToken, ApiKeyToken.api_key_id == working.key_id, pepper=2)
        use_settings(app, replace(settings(), peppers={1: b"old", 3: b"new"}))
        statuses = count_tokens(db.session(), COMMAND_LINE)
    assert statuses == [
        PepperStatus(1, tokens=5, working=1, configured=True, newest=False),
        PepperStatus(2, tokens=1, working=1, configured=False, newest=False),
        PepperStatus(3, tokens=0, working=0, configured=True, newest=True),
    ]
    assert [status.needed for status in statuses] == [True, True, True]


def test_a_pepper_without_a_token_can_go_unless_it_is_the_newest(app: Flask) -> None:
    with app.app_context():
        use_settings(app, replace(settings(), peppers={1: b"old", 2: b"new"}))
        assert [status.needed for status in count_tokens(db.session(), COMMAND_LINE)] == [False, True]


def test_a_token_of_any_organization_leads_to_its_key(app: Flask, people: People, robot: MakeRobot) -> None:
    ours, theirs = robot("networks:read"), robot("networks:read", charlie=True)
    with app.app_context():
        for key in (ours, theirs):
            assert find_anywhere(db.session.connection(), people.principal("olga"), key.token[6:18]) == key.key_id
        with pytest.raises(NotFound):
            find_anywhere(db.session.connection(), COMMAND_LINE, "0" * 12)


@pytest.mark.parametrize("name", ["alice", "erin", "bob", "charlie", "dave"])
def test_nobody_else_is_told(app: Flask, people: People, robot: MakeRobot, name: str) -> None:
    key = robot("networks:read")
    with app.app_context():
        with pytest.raises(Forbidden):
            find_anywhere(db.session.connection(), people.principal(name), key.token[6:18])
        with pytest.raises(Forbidden):
            count_tokens(db.session(), people.principal(name))
