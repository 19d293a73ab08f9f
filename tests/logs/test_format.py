"""Every line of the log says when, how bad, which process and which request; and no value can pass for a line."""

import json
import re

from portal.api_keys.token import make_token
from tests.logs.streams import written

HEAD = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (WARNING|ERROR|CRITICAL) \d+ (-|[0-9a-f]{16}) [\w.]+: ")
TOKEN = make_token().reveal()
FORGED = "x\\n2026-01-01T00:00:00.000Z ERROR 1 - portal: forged\\r\\x1b[2J\\x85\\u2028\\u202e"
FAIL = f"""
try:
    raise ValueError("{FORGED} {TOKEN}")
except ValueError:
    logging.getLogger("portal.trial").exception("it failed: %s", "{FORGED} {TOKEN}")
"""


def test_every_line_begins_with_time_level_process_and_request() -> None:
    lines = written(FAIL)
    assert len(lines) > 4
    assert all(HEAD.match(line) for line in lines)


def test_no_line_of_the_text_is_a_values_own() -> None:
    lines = written(FAIL)
    assert not [line for line in lines if line.startswith("2026-01-01T00:00:00.000Z")]
    assert all(line.isprintable() for line in lines)


def test_json_is_one_object_a_line() -> None:
    (line,) = written(FAIL, as_json=True)
    entry = json.loads(line)
    assert {"time", "level", "process", "request", "logger", "message", "traceback"} == entry.keys()
    assert (entry["level"], entry["logger"], entry["request"]) == ("ERROR", "portal.trial", None)
    assert entry["traceback"].startswith("Traceback (most recent call last):\n")


def test_tokens_are_hidden_in_messages_and_tracebacks() -> None:
    for lines in (written(FAIL), written(FAIL, as_json=True)):
        assert "[hidden]" in lines[0]
        assert TOKEN not in "\n".join(lines)


def test_an_uncaught_error_is_logged_without_its_secrets() -> None:
    for code in (f'raise ValueError("{TOKEN}")', f'def fail():\n raise ValueError("{TOKEN}")\nthreading.Thread(target=fail).start()'):
        lines = written(code)
        assert all(HEAD.match(line) for line in lines)
        assert " CRITICAL " in lines[0]
        assert TOKEN not in "\n".join(lines)


def test_a_value_that_does_not_fit_its_message_is_not_shown() -> None:
    lines = written(f'logging.getLogger("portal").error("it failed: %d", "{TOKEN}")')
    assert len(lines) == 1
    assert lines[0].endswith("it failed: %d (its values can't be shown)")


def test_half_a_character_is_written_too() -> None:
    code = 'logging.getLogger("portal").error("it failed: %s", chr(0xD800))'
    assert json.loads(written(code, as_json=True)[0])["message"] == "it failed: \ud800"
    assert written(code)[0].endswith("it failed: \\ud800")
