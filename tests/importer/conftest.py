"""Small dumps, taken by the importer itself into a real database, and what the database holds afterwards."""

import pytest
from flask import Flask

from tests.importer.dumps import small_dump
from tests.importer.registry import Registry, Rows


@pytest.fixture
def registry(app: Flask) -> Registry:
    return Registry(app)


@pytest.fixture
def imported(app: Flask) -> Registry:
    """One that has taken the small dump."""
    return Registry(app)


@pytest.fixture
def small() -> Rows:
    """The test's own copy, to change as it likes."""
    return small_dump()
