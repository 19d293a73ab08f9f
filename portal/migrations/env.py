"""Alembic's doorway: runs on the app's own engine, all steps in one transaction."""

from contextlib import nullcontext
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import String

from portal.db.base import Base
from portal.db.migration import migration_transaction
from portal.db.types import Json, Timestamp
from portal.extensions import db


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Our own column types by their names, so that a migration reads like the models."""
    names: dict[type, str] = {Timestamp: "Timestamp", Json: "Json", String: "text_type"}
    if kind != "type" or type(item) not in names:
        return False
    autogen.imports.add(f"from portal.db.types import {names[type(item)]}")
    return f"{names[type(item)]}()"


def run() -> None:
    """On the connection of the caller, if it gave one, in whose transaction the steps then are; `applied` gets the numbers of its steps."""
    given, applied = (context.config.attributes.get(name) for name in ("connection", "applied"))
    with nullcontext(given) if given is not None else migration_transaction(db.engine) as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            render_item=render_item,
            on_version_apply=lambda step, **_: applied.append(step.up_revision_id) if applied is not None else None,
        )
        context.run_migrations()


run()
