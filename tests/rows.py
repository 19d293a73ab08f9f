"""Rows changed behind the rules' back."""

from typing import Any

from flask import Flask
from sqlalchemy import update

from portal.db.session import begin_writing
from portal.extensions import db
from portal.models import ApiKey
from tests.people import Robot


def change_rows(model: Any, *where: Any, **values: Any) -> None:
    begin_writing(db.session())
    db.session.execute(update(model).where(*where).values(**values))
    db.session.commit()


def change_all(app: Flask, model: Any, **values: Any) -> None:
    """Every row of a table."""
    with app.app_context():
        change_rows(model, **values)


def change_key(app: Flask, key: Robot, **values: Any) -> None:
    with app.app_context():
        change_rows(ApiKey, ApiKey.id == key.key_id, **values)
