"""Says where and in which form lines of the log are written: once in a process of ours, never where the app is another program's part."""

import logging
import sys
import threading
from types import TracebackType
from typing import Any

from portal.logs.format import JsonFormat, TextFormat
from portal.logs.request_log import LOGGER

log = logging.getLogger(__name__)


class StandardError(logging.StreamHandler[Any]):
    """A log that can't be written stops nothing, and its values are shown nowhere else."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is the standard library's
        """Does nothing."""


def configure_logs(*, as_json: bool, requests: bool) -> None:
    """Warnings and errors go to standard error; `requests`: a line for each request, too."""
    handler = StandardError(sys.stderr)
    handler.setFormatter(JsonFormat() if as_json else TextFormat())
    root = logging.getLogger()
    root.handlers = [*(other for other in root.handlers if not isinstance(other, StandardError)), handler]
    logging.getLogger(LOGGER).setLevel(logging.INFO if requests else logging.WARNING)
    sys.excepthook = log_uncaught
    threading.excepthook = log_uncaught_in_thread


def log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    log.critical("An error that no one foresaw ends this process", exc_info=(kind, error, trace))


def log_uncaught_in_thread(uncaught: threading.ExceptHookArgs) -> None:
    if uncaught.exc_value is not None and not issubclass(uncaught.exc_type, SystemExit):
        name = uncaught.thread.name if uncaught.thread else "?"
        log.critical("An error that no one foresaw ends the thread %s", name, exc_info=uncaught.exc_value)
