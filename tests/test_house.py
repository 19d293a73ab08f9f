"""About the whole house: its arrows, the size of its rooms, its templates, and migrations that agree with the models."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect

from graphql_schema import sdl
from portal.app import create_app
from portal.cli.upgrade import configuration
from portal.db.base import Base
from portal.db.release import MIGRATIONS, migrations
from portal.extensions import db
from tests.apps import opened, settings_for
from tests.engines import Engine

HOUSE = Path(__file__).parents[1]
ROOMS = ("portal", "graphql_schema", "tests", "benchmarks", "docs")
LEFT_OUT = {"node_modules", "versions"}
LONGEST_FILE, LONGEST_FUNCTION = 300, 50
LONG_WITH_REASON: dict[str, str] = {}  # path → why


def sources() -> list[Path]:
    """Every file of Python but others' own, and the migrations, which are lists of columns and are never edited."""
    return [
        HOUSE / "run.py",
        HOUSE / "wsgi.py",
        *(path for room in ROOMS for path in (HOUSE / room).rglob("*.py") if not LEFT_OUT.intersection(path.parts)),
    ]


def too_long(path: Path) -> Iterator[str]:
    """What is too long in a file, the file itself included."""
    text = path.read_text("utf-8")
    if len(text.splitlines()) > LONGEST_FILE:
        yield "the file"
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.end_lineno
            and node.end_lineno - node.lineno >= LONGEST_FUNCTION
        ):
            yield node.name


def test_arrows_point_downwards() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-logo", "--no-cache"]
    ended = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


def test_every_part_of_the_portal_has_its_place_among_the_arrows() -> None:
    setup = ConfigParser()
    setup.read(HOUSE / "setup.cfg", "utf-8")
    placed = set(re.findall(r"portal\.\w+", setup["importlinter:contract:arrows"]["layers"]))
    parts = {f"portal.{path.stem}" for path in (HOUSE / "portal").iterdir() if path.suffix == ".py" or list(path.rglob("*.py"))}
    assert parts - {"portal.__init__", "portal.migrations"} == placed


def test_no_modules_import_each_other() -> None:
    """Not even over others, or where only a type checker looks."""
    graph = grimp.build_graph("portal", "graphql_schema", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        tuple(TopologicalSorter(imports).static_order())
    except CycleError as error:
        raise AssertionError(" → ".join(error.args[1])) from None


def test_rooms_are_small_but_for_those_that_say_why() -> None:
    long = {path.relative_to(HOUSE).as_posix(): functions for path in sources() if (functions := list(too_long(path)))}
    assert {path: functions for path, functions in long.items() if path not in LONG_WITH_REASON} == {}
    assert LONG_WITH_REASON.keys() <= long.keys(), "a room that has become small needs no reason"


def test_every_module_says_what_it_is() -> None:
    assert [str(path) for path in sources() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))] == []


def test_every_template_compiles(tmp_path: Path) -> None:
    app = create_app(settings_for(f"sqlite:///{tmp_path}/empty.sqlite3", tmp_path))
    names = app.jinja_env.list_templates(extensions=["html", "txt"])
    assert names
    for name in names:
        app.jinja_env.get_template(name)


def test_the_committed_schema_is_the_printed_one() -> None:
    assert (HOUSE / "graphql_schema" / "schema.graphql").read_text("utf-8") == sdl()


def test_migrations_agree_with_the_models(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_are_numbered_without_a_gap_or_a_fork() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    numbers = [script.revision for script in scripts.walk_revisions()]
    assert migrations() == set(numbers)
    assert sorted(numbers) == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    assert scripts.get_heads() == [max(numbers)]


def test_migrations_lead_back_and_forth(engine: Engine, tmp_path: Path) -> None:
    with engine.empty() as url, opened(settings_for(url, tmp_path)) as app, app.app_context():
        command.upgrade(configuration(), "head")
        command.downgrade(configuration(), "base")
        assert inspect(db.engine).get_table_names() == ["alembic_version"]
        command.upgrade(configuration(), "head")
