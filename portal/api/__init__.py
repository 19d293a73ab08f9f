"""What is asked over HTTP beside GraphQL: who a key is, by the Authorization header alone, reports of leaked ones, /.well-known/."""

from flask import Flask

from portal.api import leaked_keys, well_known, whoami
from portal.extensions import csrf

BLUEPRINTS = (leaked_keys.blueprint, well_known.blueprint, whoami.blueprint)


def register(app: Flask) -> None:
    for blueprint in BLUEPRINTS:
        csrf.exempt(blueprint)  # a cookie is never looked at here
        app.register_blueprint(blueprint)
