"""The browser's door: one blueprint for each noun, what every template gets, errors and headers."""

from typing import Any

from flask import Flask
from jinja2 import StrictUndefined

from portal.extensions import login_manager
from portal.pages import (
    accounts,
    activity,
    api_key_policy,
    api_keys,
    errors,
    headers,
    health,
    home,
    leaked_keys,
    notify_addresses,
    playground,
    records,
    usage,
)
from portal.pages.identity import current_viewer
from portal.pages.template_filters import FILTERS

NOUNS = (home, health, accounts, activity, api_keys, api_key_policy, leaked_keys, notify_addresses, playground, records, usage)


def register(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTERS)
    for noun in NOUNS:
        app.register_blueprint(noun.blueprint)
    app.context_processor(template_values)
    login_manager.session_protection = None  # a session is a row that can be ended; an address may change
    errors.register(app)
    headers.register(app)


def template_values() -> dict[str, Any]:
    """Returns what every template gets."""
    return {"viewer": current_viewer()}
