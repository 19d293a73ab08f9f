"""A record as text or as JSON: with time, level, process and request on every line, and nothing in it that could pass for another line."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from portal.logs.mask import mask
from portal.logs.request_id import request_id


class TextFormat(logging.Formatter):
    """`TIME LEVEL PROCESS REQUEST LOGGER: MESSAGE`; each line of a traceback begins like that, too, so that one search finds it whole."""

    def format(self, record: logging.LogRecord) -> str:
        head = f"{moment(record)} {record.levelname} {record.process} {request_id() or '-'} {record.name}:"
        texts = [message(record), *(line for text in tracebacks(self, record) for line in mask(text).split("\n"))]
        return "\n".join(f"{head} {escape(text)}" for text in texts)


class JsonFormat(logging.Formatter):
    """One object a line. What a record brings as `fields` stands beside the others."""

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, Any] = {
            "time": moment(record),
            "level": record.levelname,
            "process": record.process,
            "request": request_id() or None,
            "logger": record.name,
            "message": message(record),
            **getattr(record, "fields", {}),
        }
        if traceback := "\n".join(tracebacks(self, record)):
            facts["traceback"] = mask(traceback)
        return json.dumps(facts)  # in ASCII: some readers take signs beyond it for line breaks


def moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def message(record: logging.LogRecord) -> str:
    """Returns the message without secrets, also where its values don't fit it."""
    try:
        return mask(record.getMessage())
    except Exception:  # a value's own text may fail in any way; what was to be said is said without it
        return mask(f"{record.msg} (its values can't be shown)")


def tracebacks(form: logging.Formatter, record: logging.LogRecord) -> Iterator[str]:
    if record.exc_info and record.exc_info[0]:
        yield form.formatException(record.exc_info)
    if record.stack_info:
        yield form.formatStack(record.stack_info)


def escape(text: str) -> str:
    r"""Returns the text with `\n` for a line break, and likewise for all else that a terminal would obey or hide."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)
