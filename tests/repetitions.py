"""What only repeats with other values, or more often, what the suite has proved: `--repetitions=all`, or CI, runs that too."""

import os
from collections.abc import Callable

import pytest

Dose = Callable[[int, int], int]


def pytest_addoption(parser: pytest.Parser) -> None:
    default = "all" if os.environ.get("CI") == "true" else "few"
    parser.addoption("--repetitions", choices=("few", "all"), default=default, help="how often random tests try again (CI: all)")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "repetition: tries again, with other values, what another test proves; runs with --repetitions=all")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--repetitions") == "all":
        return
    repeated = [item for item in items if item.get_closest_marker("repetition")]
    config.hook.pytest_deselected(items=repeated)
    items[:] = [item for item in items if item not in repeated]


@pytest.fixture(scope="session")
def dose(pytestconfig: pytest.Config) -> Dose:
    """`dose(20, 60)`: the first number of examples, or the second with `--repetitions=all`."""
    whole = pytestconfig.getoption("--repetitions") == "all"
    return lambda few, many: many if whole else few
