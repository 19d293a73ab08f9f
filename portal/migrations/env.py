"""Alembic's doorway: runs on the app's own engine, inside one transaction."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import String

from portal.db.base import Base
from portal.db.types import Json, Timestamp
from portal.extensions import db


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Our own column types by their names, so that a migration reads like the models."""
    names: dict[type, str] = {Timestamp: "Timestamp", Json: "Json", String: "text_type"}
    if kind != "type" or type(item) not in names:
        return False
    autogen.imports.add(f"from portal.database import {names[type(item)]}")
    return f"{names[type(item)]}()"


def run() -> None:
    with db.engine.connect().execution_options(writes=True) as connection:
        context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True, render_item=render_item)
        with context.begin_transaction():
            context.run_migrations()


run()
