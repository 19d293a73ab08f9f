"""What is asked over HTTP beside GraphQL: who a key is. It answers as /graphql does, by the Authorization header alone."""

from flask import Flask

from portal.api import whoami
from portal.extensions import csrf

BLUEPRINTS = (whoami.blueprint,)


def register(app: Flask) -> None:
    for blueprint in BLUEPRINTS:
        csrf.exempt(blueprint)  # a cookie is never looked at here
        app.register_blueprint(blueprint)
