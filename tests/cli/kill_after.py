"""`python -m tests.cli.kill_after STATEMENT ARGUMENTS…`: the `portal` command, which kills itself once it has executed such a statement.

STATEMENT is how it begins; `3 INSERT` means the third one. Imports are written in slices of few rows, so that small dumps have many.
"""

import os
import signal
import sys
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine, event

from portal.cli import main
from tests.importer.slices import limit_slices

ROWS_IN_SLICE = 3


def kill_after(statement: str) -> None:
    number, _, rest = statement.partition(" ")
    beginning, last = (rest, int(number)) if number.isdecimal() else (statement, 1)
    times = count(1)

    def listen(_connection: Any, _cursor: Any, executed: str, *_: Any) -> None:
        if executed.startswith(beginning) and next(times) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", listen)


if __name__ == "__main__":
    kill_after(sys.argv.pop(1))
    with pytest.MonkeyPatch.context() as patch:
        limit_slices(patch, ROWS_IN_SLICE)
        main()
