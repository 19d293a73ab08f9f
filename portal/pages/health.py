"""For load balancers: `/healthz` says that the process answers, `/readyz` that it can do its work."""

from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from portal.db.base import Registry
from portal.db.session import snapshot
from portal.errors import PortalError
from portal.extensions import db
from portal.pages.blueprint import Needs, PageBlueprint

blueprint = PageBlueprint("health", __name__, needs=Needs.NOTHING)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    return {"status": "ok"}


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    try:
        with snapshot(db.engine) as connection:
            version = connection.scalar(select(Registry.version))
    except (SQLAlchemyError, PortalError):
        return {"status": "unavailable", "database": "unreachable or not migrated"}, 503
    return {"status": "ok", "version": version}
