"""The browser's door: blueprints, what every template knows, errors and headers."""

from typing import Any

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined

from portal.extensions import login_manager
from portal.identity import current_viewer
from portal.pages import (  # noqa: F401 - routes of api_keys.blueprint
    accounts,
    activity,
    api_key_edit,
    api_key_env,
    api_key_finding,
    api_key_issue,
    api_key_policy,
    api_key_report,
    api_key_revoke,
    api_key_rotate,
    api_key_several,
    api_key_stops,
    api_keys,
    errors,
    headers,
    health,
    home,
    leaked_keys,
    notify_addresses,
    usage,
)
from portal.pages.filters import FILTERS

BLUEPRINTS = (
    home.blueprint,
    health.blueprint,
    accounts.blueprint,
    activity.blueprint,
    api_keys.blueprint,
    api_key_finding.blueprint,
    api_key_policy.blueprint,
    api_key_report.blueprint,
    api_key_several.blueprint,
    api_key_stops.blueprint,
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
