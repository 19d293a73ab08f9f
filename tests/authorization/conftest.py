"""The world on both engines, a key of every kind, and a way to ask that looks at whatever comes back."""

import json
from collections.abc import Iterator

import pytest

from portal.extensions import db
from tests.apps import opened, settings_for
from tests.authorization.asker import World
from tests.authorization.rights import ANONYMOUS
from tests.authorization.schema import Served
from tests.authorization.stored_world import issue_key, list_grants, store_world
from tests.engines import Engine, engines_of, needs


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "everything" in metafunc.fixturenames:
        engines = [pytest.param(name, marks=needs(name)) for name in engines_of(metafunc)]
        metafunc.parametrize("everything", engines, indirect=True, scope="session")


@pytest.fixture(scope="session")
def everything(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Made once for each engine: its tests only read."""
    engine: Engine = request.getfixturevalue(request.param)
    with engine.fresh() as url, opened(settings_for(url, tmp_path_factory.mktemp("world"))) as app:
        served = Served(json.loads(app.test_client().get("/graphql/schema.json").data)["data"])
        with app.app_context():
            tables = store_world(served)
            keys = [issue_key(*grant) for grant in list_grants()]
            db.session.commit()
        yield World(app, served, tables, {caller.name: caller for caller in (ANONYMOUS, *keys)})
