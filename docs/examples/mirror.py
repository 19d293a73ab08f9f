"""Keeps whole types in files, and brings them up to date when it runs again: mirror.py FOLDER TAG…

Needs PEERING_PORTAL_KEY (a key with the scopes of the types). Tags are PeeringDB's: net, netixlan, poc, …
Each file holds {"cursor": …, "rows": {id: row}}.
"""

import gzip
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from portal_client import fetch, run, write_whole


def export(tag: str, cursor: str | None) -> list[Any]:
    """Returns the lines of one export."""
    since = "?" + urlencode({"changedSince": cursor}) if cursor else ""
    return [json.loads(line) for line in gzip.decompress(fetch(f"/export/{tag}.ndjson.gz{since}")).splitlines()]


def bring_up_to_date(path: Path, tag: str) -> str:
    kept: Any = json.loads(path.read_text()) if path.exists() else {"cursor": None, "rows": {}}
    received, complete = 0, False
    try:
        while not complete:
            *rows, last = export(tag, kept["cursor"])
            for row in rows:
                kept["rows"].pop(row["id"], None)
                if row["status"] != "DELETED":
                    kept["rows"][row["id"]] = row
            kept["cursor"], complete, received = last["cursor"], last["complete"], received + last["rows"]
    finally:
        write_whole(path, kept)
    return f"{tag}: {received} came, {len(kept['rows'])} are kept"


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    for tag in sys.argv[2:]:
        print(bring_up_to_date(folder / f"{tag}.json", tag))


run(main)
