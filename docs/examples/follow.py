"""Follows a list by GraphQL: keeps chosen fields of all ports in a file, and prints what changed since it last ran: follow.py FILE.

Needs PEERING_PORTAL_KEY (a key with networks:read and exchanges:read). What its reader didn't take, it prints again next time.
"""

import json
import sys
from pathlib import Path
from typing import Any

from portal_client import pages, run, write_whole

QUERY = """
query Follow($since: Cursor!) {
  exchangePorts(changedSince: $since, first: 1000) {
    nodes { id status asn speed ipaddr4 ipaddr6 exchange { name } }
    pageInfo { hasNextPage endCursor }
  }
}
"""


def report(ports: dict[str, Any], changed: list[Any]) -> None:
    """Prints a page's changes, and is done only when they have been read."""
    for port in changed:
        gone = port["status"] == "DELETED"
        if not gone or port["id"] in ports:
            print("-" if gone else "+", port["id"], f"AS{port['asn']}", port["exchange"]["name"], port["speed"])
    sys.stdout.flush()


def main() -> None:
    path = Path(sys.argv[1])
    kept: Any = json.loads(path.read_text()) if path.exists() else {"cursor": "", "ports": {}}  # "" begins at the start
    try:
        for page in pages(QUERY, "exchangePorts", "since", since=kept["cursor"]):
            report(kept["ports"], page["nodes"])
            for port in page["nodes"]:
                kept["ports"].pop(port["id"], None)
                if port["status"] != "DELETED":
                    kept["ports"][port["id"]] = port
            kept["cursor"] = page["pageInfo"]["endCursor"]
    finally:
        write_whole(path, kept)


run(main)
