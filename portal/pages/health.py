"""For load balancers: `/healthz` says that the process answers, `/readyz` that it can do its work."""

from typing import cast

from flask import current_app
from flask.typing import ResponseReturnValue

from portal.errors import Unavailable
from portal.pages.blueprint import Needs, PageBlueprint
from portal.pages.readiness import LastLook, Look, look

blueprint = PageBlueprint("health", __name__, needs=Needs.NOTHING)
NOT_KEPT = {"Cache-Control": "no-store"}


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    return {"status": "ok"}


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """503 where a part is missing that pages and the API need."""
    seen = last_look().ask(look)
    status = "ok" if seen.ready else "unavailable"
    version = {} if seen.version is None else {"version": seen.version}
    headers = NOT_KEPT if seen.ready else {**NOT_KEPT, "Retry-After": str(Unavailable.retry_after)}
    return {"status": status, **version, **seen.parts}, 200 if seen.ready else 503, headers


def last_look() -> LastLook[Look]:
    """The app's one."""
    extensions = current_app.extensions
    return cast("LastLook[Look]", extensions.setdefault("portal last look", LastLook(Look({"database": "doesn't answer"}))))
