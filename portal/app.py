"""create_app(): all wiring on one screen."""

from datetime import timedelta
from pathlib import Path

from flask import Flask

import portal.models
import portal.registry.types  # noqa: F401 - the tables that migrations compare with
from portal import pages, runtime
from portal.api.wsgi import Api
from portal.db.outages.engine_events import guarded_options
from portal.extensions import csrf, db, login_manager
from portal.http import trusted_hosts
from portal.http.client_address import ClientAddress
from portal.http.paths import IdConverter
from portal.http.sessions import PageSessions
from portal.logs.request_id import RequestIds
from portal.logs.request_log import RequestLog
from portal.pages import headers
from portal.settings import Settings, read

PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """A top-level folder of the repository: inside the package in a wheel, beside it in a checkout."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def create_app(settings: Settings | None = None) -> Flask:
    """The portal. Raises ConfigurationError for settings that it can't start with."""
    settings = settings or read()
    app = Flask("portal", template_folder=str(folder("templates")), static_folder=str(folder("static")), instance_path=str(settings.data))
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-portal" if settings.https else "portal",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
        MAX_CONTENT_LENGTH=1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,  # a form lives as long as its session
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            **guarded_options(settings),
            "pool_size": 8,
            "max_overflow": 4,
            "pool_pre_ping": not settings.database_url.startswith("sqlite"),
        },
    )
    app.session_interface = PageSessions()
    app.url_map.merge_slashes = False  # it answers by redirecting to whatever host the request has named
    app.url_map.converters["int"] = IdConverter
    db.init_app(app)
    trusted_hosts.register(app)
    csrf.init_app(app)
    login_manager.init_app(app)
    runtime.register(app)
    pages.register(app)
    app.wsgi_app = Api(app, headers.of_every_answer(settings))  # type: ignore[method-assign]  # Flask's own way
    if settings.log_requests:
        app.wsgi_app = RequestLog(app.wsgi_app)  # type: ignore[method-assign]
    app.wsgi_app = ClientAddress(app.wsgi_app, settings.proxy_hops)  # type: ignore[method-assign]
    app.wsgi_app = RequestIds(app.wsgi_app)  # type: ignore[method-assign]
    return app
