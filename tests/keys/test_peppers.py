"""A lost or changed pepper is noticed at the start; a newer one takes over key by key."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from portal.api_keys.authenticate.authenticate import Origin, admit
from portal.api_keys.authenticate.peppers import check_peppers, renew_digest
from portal.api_keys.token import read_token
from portal.db.reader import Snapshot
from portal.db.session import begin_writing
from portal.errors import ConfigurationError
from portal.extensions import db, settings
from portal.models import ApiKeyToken
from tests.apps import use_settings
from tests.people import Robot

OLD, NEW = b"p" * 40, b"n" * 40


def test_peppers_are_remembered(app: Flask) -> None:
    with app.app_context():
        check_peppers(db.session(), {1: OLD})
        check_peppers(db.session(), {1: OLD, 2: NEW})
        with pytest.raises(ConfigurationError, match="Pepper 2 of PORTAL_PEPPERS isn't the one"):
            check_peppers(db.session(), {1: OLD, 2: OLD})


def test_a_pepper_that_keys_need_must_be_there(app: Flask, robot: Callable[..., Robot]) -> None:
    robot("networks:read")
    with app.app_context(), pytest.raises(ConfigurationError, match="Pepper 1 is missing"):
        check_peppers(db.session(), {2: NEW})


def test_a_digest_moves_to_the_newest_pepper(app: Flask, robot: Callable[..., Robot]) -> None:
    key = robot("networks:read")
    token = read_token(key.token)
    assert token is not None
    with app.app_context():
        use_settings(app, replace(settings(), peppers={**settings().peppers, 2: NEW}))
        begin_writing(db.session())
        renew_digest(db.session(), token, key.organization_id)
        db.session.commit()
        assert db.session.scalars(select(ApiKeyToken.pepper)).all() == [2]
        with Snapshot(db.engine) as opened:
            use_settings(app, replace(settings(), peppers={2: NEW}))
            assert admit(token, Origin(""), opened).principal.id == key.key_id
