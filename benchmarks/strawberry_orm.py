"""Strawberry with SQLAlchemy's ORM and lazy relations: what most people start with. The key is checked as the floor does."""

import orjson
from flask import Flask, Response, abort, request
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from benchmarks.key_check import LOOK_UP, json_response, key_of_request
from benchmarks.store import Store, open_store
from benchmarks.strawberry_schema import schema
from portal.settings import Settings, read


def create_orm() -> Flask:
    """For the server's command line."""
    settings = read()
    return orm_on(create_engine(settings.database_url, pool_size=8), open_store(settings.database_url), settings)


def orm_on(engine: Engine, store: Store, settings: Settings) -> Flask:
    app, look_up = Flask("orm"), store.sql(LOOK_UP)

    @app.post("/graphql")
    def graphql() -> Response:
        with store.snapshot() as rows:
            key = key_of_request(rows, look_up, settings)
        body = orjson.loads(request.get_data(cache=False))
        with Session(engine) as session:
            result = schema.execute_sync(body["query"], body["variables"], context_value=session, operation_name=body["operationName"])
        if result.errors:
            abort(400, str(result.errors[0]))
        return json_response(orjson.dumps({"data": result.data}), key)

    return app
