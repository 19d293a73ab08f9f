"""The small client that the other examples share: queries with retries, pages, exports. The standard library is enough.

Reads PEERING_PORTAL_KEY, the API key's token, and PEERING_PORTAL_URL, http://127.0.0.1:8000 unless it is set.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

URL = os.environ.get("PEERING_PORTAL_URL", "http://127.0.0.1:8000")
TRIES, MAX_SECONDS = 5, 120  # how often one request is sent, and the longest wait before the next try


class PortalError(Exception):
    """The portal can't be reached, or refused. Its text says why."""


def fetch(path: str, body: bytes | None = None) -> bytes:
    """Returns an answer's body. Waits and asks again where the portal says when to (429, 503). Raises PortalError."""
    if not os.environ.get("PEERING_PORTAL_KEY"):
        raise PortalError("Set PEERING_PORTAL_KEY to your API key's token.")
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {os.environ['PEERING_PORTAL_KEY']}"}
    for tries_left in reversed(range(TRIES)):
        try:
            with urllib.request.urlopen(urllib.request.Request(URL + path, body, headers)) as response:
                return bytes(response.read())
        except urllib.error.HTTPError as error:
            seconds = int(error.headers.get("Retry-After") or 0)
            if error.code not in (429, 503) or not tries_left or not 0 < seconds <= MAX_SECONDS:
                raise PortalError(message_of(error)) from None
            print(f"Waiting {seconds} s: {message_of(error)}", file=sys.stderr)
            time.sleep(seconds)
        except OSError as error:
            raise PortalError(f"{URL} can't be reached: {error}") from None
    raise AssertionError("the last try returns or raises")


def message_of(error: urllib.error.HTTPError) -> str:
    """Returns what the portal says, or the status of whatever stands between."""
    try:
        return messages(json.load(error)["errors"])
    except (ValueError, KeyError, TypeError):
        return f"{URL} answered {error.code} {error.reason}."


def messages(errors: list[Any]) -> str:
    return "\n".join(error["message"] for error in errors)


def ask(query: str, variables: dict[str, object]) -> Any:
    """Returns the answer's data. Raises PortalError, also where it holds less than was asked for."""
    answer = json.loads(fetch("/graphql", json.dumps({"query": query, "variables": variables}).encode()))
    if "errors" in answer:
        raise PortalError(messages(answer["errors"]))
    if "truncated" in answer.get("extensions", {}):
        raise PortalError("There is more than one answer holds. Ask for smaller pages.")
    return answer["data"]


def pages(query: str, field: str, cursor: str = "after", **variables: object) -> Iterator[Any]:
    """Yields the pages of the list in that field. The query takes each page's end in its variable `cursor`."""
    more = True
    while more:
        page = ask(query, variables)[field]
        yield page
        more, variables[cursor] = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]


def write_whole(path: Path, value: Any) -> None:
    """Replaces the file at once, so that it is never half written."""
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(value))
    draft.replace(path)


def run(main: Callable[[], None]) -> None:
    """Calls it. An error ends the program with its text; a reader that has seen enough, like `head`, ends it quietly."""
    try:
        main()
        sys.stdout.flush()
    except PortalError as error:
        raise SystemExit(str(error)) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing is left to be flushed at the end
        raise SystemExit(141) from None  # as a program that SIGPIPE ends
