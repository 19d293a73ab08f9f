"""What is asked over HTTP beside GraphQL: who a key is, by the Authorization header alone, and reports of leaked ones."""

from flask import Flask

from portal.api import leaked_keys, whoami
from portal.extensions import csrf

BLUEPRINTS = (leaked_keys.blueprint, whoami.blueprint)


def register(app: Flask) -> None:
    for blueprint in BLUEPRINTS:
        csrf.exempt(blueprint)  # a cookie is never looked at here
        app.register_blueprint(blueprint)
