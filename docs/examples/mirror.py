"""Keeps whole types in files, and brings them up to date when it runs again: mirror.py FOLDER TAG…, the standard library is enough.

Needs PEERING_PORTAL_KEY (a key with the scopes of the types); PEERING_PORTAL_URL is optional. Tags are PeeringDB's: net, netixlan, poc, …
Each file holds {"cursor": …, "rows": {id: row}}.
"""

import gzip
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

URL = os.environ.get("PEERING_PORTAL_URL", "http://127.0.0.1:8000") + "/export/"
HEADERS = {"Authorization": f"Bearer {os.environ['PEERING_PORTAL_KEY']}"}


def fetch(tag: str, cursor: str | None) -> list[Any]:
    """The lines of one export; waits where the minute's points are used up."""
    since = "?" + urllib.parse.urlencode({"changedSince": cursor}) if cursor else ""
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(f"{URL}{tag}.ndjson.gz{since}", headers=HEADERS)) as response:
                return [json.loads(line) for line in gzip.decompress(response.read()).splitlines()]
        except urllib.error.HTTPError as error:
            if error.code != 429:
                raise SystemExit(json.load(error)["errors"][0]["message"]) from None
            time.sleep(int(error.headers["Retry-After"]))


def bring_up_to_date(path: Path, tag: str) -> str:
    kept: Any = json.loads(path.read_text()) if path.exists() else {"cursor": None, "rows": {}}
    received, complete = 0, False
    while not complete:
        *rows, last = fetch(tag, kept["cursor"])
        for row in rows:
            if row["status"] == "DELETED":
                kept["rows"].pop(row["id"], None)
            else:
                kept["rows"][row["id"]] = row
        kept["cursor"], complete, received = last["cursor"], last["complete"], received + last["rows"]
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(kept))
    draft.replace(path)
    return f"{tag}: {received} came, {len(kept['rows'])} are kept"


folder = Path(sys.argv[1])
folder.mkdir(exist_ok=True)
for tag in sys.argv[2:]:
    print(bring_up_to_date(folder / f"{tag}.json", tag))
