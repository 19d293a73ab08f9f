"""Nothing is left out in silence: what a test needs is said when it is missing, and a skip is a failure."""

import os
from pathlib import Path

import pytest

from tests.needs import missing

pytestmark = pytest.mark.usefixtures("plugin")


@pytest.fixture
def plugin(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A suite of its own that uses the plugin, where real rows are missing and nobody says CI."""
    monkeypatch.setenv("PYTHONPATH", os.fspath(Path(__file__).parents[1]))
    monkeypatch.delenv("PORTAL_TEST_DATA", raising=False)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # others' plugins take longer to load than these tests to run
    pytester.makeconftest('pytest_plugins = ["tests.needs"]')


def test_a_test_whose_need_is_missing_is_deselected_and_said(pytester: pytest.Pytester) -> None:
    pytester.makepyfile('import pytest\n@pytest.mark.needs("data")\ndef test_a(): pass\ndef test_b(): pass')
    ended = pytester.runpytest_inprocess()
    ended.assert_outcomes(passed=1, deselected=1)
    ended.stdout.fnmatch_lines(["deselected 1 test: need PORTAL_TEST_DATA to name the folder of real rows"])


def test_each_need_is_said_once_with_several_workers(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        'import pytest\n@pytest.mark.needs("data")\n@pytest.mark.parametrize("n", range(3))\ndef test_a(n): pass\ndef test_b(): pass'
    )
    ended = pytester.runpytest_inprocess("-p", "xdist", "-n", "2")
    assert [line for line in ended.outlines if "deselected" in line and "need" in line] == [
        "deselected 3 tests: need PORTAL_TEST_DATA to name the folder of real rows"
    ]


def test_a_test_whose_need_is_there_runs(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_TEST_DATA", os.fspath(pytester.path))
    pytester.makepyfile('import pytest\n@pytest.mark.needs("data")\ndef test_a(): pass')
    pytester.runpytest_inprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "body",
    [
        "def test_a(): pytest.skip('no time')",
        "@pytest.mark.skip\ndef test_a(): pass",
        "@pytest.mark.skipif('True', reason='no time')\ndef test_a(): pass",
        "@pytest.mark.xfail\ndef test_a(): assert False",
        "@pytest.mark.xfail\ndef test_a(): pass",
    ],
)
def test_a_skip_is_a_failure(pytester: pytest.Pytester, body: str) -> None:
    pytester.makepyfile(f"import pytest\n{body}")
    ended = pytester.runpytest_inprocess()
    assert ended.ret == pytest.ExitCode.TESTS_FAILED
    ended.stdout.fnmatch_lines(["*test_a didn't run in full*mark what it needs, or mend it"])


def test_a_skipped_file_is_a_failure(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import pytest\npytest.importorskip('a_module_that_nobody_has')")
    ended = pytester.runpytest_inprocess()
    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines(["*was skipped*mark what its tests need"])


def test_a_need_that_nobody_knows_is_refused(pytester: pytest.Pytester) -> None:
    pytester.makepyfile('import pytest\n@pytest.mark.needs("oracle")\ndef test_a(): pass')
    ended = pytester.runpytest_inprocess()
    assert ended.ret == pytest.ExitCode.USAGE_ERROR
    needs = "postgresql, chromium, curl, redis, nginx, caddy, bird, systemd, data, mounts, npm"
    ended.stderr.fnmatch_lines([f"*test_a needs oracle; known are {needs}"])


def test_ci_has_what_it_installs(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("PATH", os.devnull)
    ended = pytester.runpytest_inprocess()
    assert missing("chromium")
    assert ended.ret == pytest.ExitCode.USAGE_ERROR
    ended.stderr.fnmatch_lines(["*CI needs *chromium*"])
