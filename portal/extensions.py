"""Flask's extensions: made here, configured in app.py; and the settings of the running app."""

from typing import cast

from flask import current_app
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from portal.db.base import Base
from portal.settings import Settings

db = SQLAlchemy(metadata=Base.metadata)
login_manager = LoginManager()
csrf = CSRFProtect()


def settings() -> Settings:
    """What the running app was told at its start."""
    return cast(Settings, current_app.config["SETTINGS"])
