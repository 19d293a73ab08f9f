"""Apps of tests: their settings, and how one is opened and closed. Templates and statements are compiled once for all of them."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Dialect, Engine, event

from portal.app import create_app
from portal.extensions import db
from portal.settings import Settings

DIALECTS: dict[str, Dialect] = {}
STATEMENTS: dict[str, dict[Any, Any]] = {"sqlite": {}, "postgresql": {}}


def settings_for(database_url: str, data: Path, **changes: Any) -> Settings:
    """Local settings with secrets of their own, for documentation's ASNs and addresses."""
    values: dict[str, Any] = {
        "database_url": database_url,
        "secret_key": secrets.token_urlsafe(48),
        "peppers": {1: secrets.token_bytes(48)},
        "audit_key": secrets.token_bytes(48),
        "data": data,
        "allow_documentation": True,
    }
    return Settings(**values | changes)


@contextmanager
def opened(settings: Settings) -> Iterator[Flask]:
    """The app, of which nothing runs or is connected any more at the end: PostgreSQL drops no database that somebody is connected to."""
    app = create_app(settings)
    app.testing = True
    app.jinja_env.bytecode_cache = TEMPLATES
    with app.app_context():
        share_statements(db.engine)
    try:
        yield app
    finally:
        stop_threads(app)
        with app.app_context():
            db.engine.dispose()


def use_settings(app: Flask, settings: Settings) -> None:
    """Changes the settings of an app that is open, for the doors and for the rules."""
    app.config["SETTINGS"] = settings
    with app.app_context():
        db.engine.update_execution_options(settings=settings)


def stop_threads(app: Flask) -> None:
    """Writes what the app counted, and ends its threads."""
    if "portal usage" in app.extensions:
        app.extensions["portal usage"].close()
    if app.extensions["portal mail worker"]:
        app.extensions["portal mail worker"].close()


def share_statements(engine: Engine) -> None:
    """Statements are compiled once for all the databases of a run: most of a test's time went into that.

    The dialect is that of the first engine which has connected, since a dialect learns from its server what that can do.
    """
    name = engine.dialect.name
    engine.update_execution_options(compiled_cache=STATEMENTS[name])
    own = engine.dialect
    engine.dialect = DIALECTS.get(name, own)
    if name not in DIALECTS:
        event.listen(engine, "connect", lambda *_: DIALECTS.setdefault(name, own))


def init_with_shared_statements(app: Flask) -> None:
    """In place of `db.init_app`, where a command opens a database."""
    SQLAlchemy.init_app(db, app)
    with app.app_context():
        share_statements(db.engine)


class SharedTemplates(BytecodeCache):
    """Templates compiled once in a process."""

    def __init__(self) -> None:
        self.code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.code[bucket.key, bucket.checksum] = bucket.code


TEMPLATES = SharedTemplates()
