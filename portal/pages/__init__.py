"""The browser's door: blueprints, what every template knows, errors and headers."""

from typing import Any

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined

from portal.extensions import login_manager
from portal.pages import errors, headers, health, home, leaked_keys
from portal.pages.accounts import routes as accounts
from portal.pages.activity import routes as activity
from portal.pages.api_keys import (  # noqa: F401 - routes of api_keys.blueprint
    bulk,
    compliance,
    create,
    edit,
    env_file,
    lookup,
    notify_addresses,
    policy,
    revoke,
    rotate,
    suspend,
    usage,
)
from portal.pages.api_keys import routes as api_keys
from portal.pages.identity import current_viewer
from portal.pages.template_filters import FILTERS

BLUEPRINTS = (
    home.blueprint,
    health.blueprint,
    accounts.blueprint,
    activity.blueprint,
    api_keys.blueprint,
    lookup.blueprint,
    policy.blueprint,
    compliance.blueprint,
    bulk.blueprint,
    suspend.blueprint,
    leaked_keys.blueprint,
    notify_addresses.blueprint,
    usage.blueprint,
)


def register(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTERS)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.context_processor(everywhere)
    login_manager.session_protection = None  # a session is a row that can be ended; an address may change
    login_manager.unauthorized_handler(ask_to_sign_in)
    errors.register(app)
    headers.register(app)


def everywhere() -> dict[str, Any]:
    return {"viewer": current_viewer()}


def ask_to_sign_in() -> ResponseReturnValue:
    """To the sign-in page, and afterwards back to the page that was wanted; a form that was sent starts anew."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.login", next=wanted))
