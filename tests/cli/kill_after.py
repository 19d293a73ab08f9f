"""`python -m tests.cli.kill_after STATEMENT ARGUMENTS…`: the `portal` command, which kills itself once it has executed such a statement."""

import os
import signal
import sys
from typing import Any

from sqlalchemy import Engine, event

from portal.cli import main


def kill_after(beginning: str) -> None:
    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(beginning):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", listen)


if __name__ == "__main__":
    kill_after(sys.argv.pop(1))
    main()
