"""Opens the registry for a command: settings and database, but none of the doors, which take a second to import."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import inspect
from sqlalchemy.orm import Session

import portal.db.outages.engine_events  # what became of a commit that was cut off
import portal.models
import portal.registry.types  # noqa: F401 - the tables that migrations compare with
from portal.api_keys.authenticate.peppers import check_peppers
from portal.audit.audit_key import check_audit_key
from portal.db.base import UNFINISHED_RESTORE
from portal.db.release import migrations, read_migration
from portal.db.session import engine_options
from portal.errors import ConfigurationError
from portal.extensions import db, settings
from portal.settings import Settings, read


@contextmanager
def open_registry() -> Iterator[Session]:
    """The registry's session. Raises ConfigurationError for a database that isn't migrated, or secrets that don't fit it."""
    with open_database(read()):
        check_migrated()
        check_peppers(db.session(), settings().peppers)
        check_audit_key(db.session())
        yield db.session()


@contextmanager
def open_database(settings: Settings) -> Iterator[None]:
    """The context in which rules find their settings and database, whatever state that is in; its connections end with it."""
    app = Flask("portal", instance_path=str(settings.data), static_folder=None)
    app.config.update(SETTINGS=settings, SQLALCHEMY_DATABASE_URI=settings.database_url, SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings))
    db.init_app(app)
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def check_migrated() -> None:
    """Raises ConfigurationError naming the cure for a database that is older or newer than this release."""
    check_not_newer()
    if stored_migration() != max(migrations()):
        raise ConfigurationError("The database isn't migrated to this release. Run: portal migrate")


def check_not_newer() -> None:
    """Raises ConfigurationError for a database that a newer release has migrated, or that a restore hasn't finished."""
    migration = stored_migration()
    with db.engine.connect() as connection:
        if inspect(connection).has_table(UNFINISHED_RESTORE):
            raise ConfigurationError("A restore was broken off. Run it again: portal restore FILE --replace")
    if migration is not None and migration not in migrations():
        raise ConfigurationError(f"The database has migration {migration}, which this release doesn't know. Start the newer release.")


def stored_migration() -> str | None:
    """Returns the migration that the database has, or None for an empty database."""
    with db.engine.connect() as connection:
        return read_migration(connection)
