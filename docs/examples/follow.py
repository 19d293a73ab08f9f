"""Follows a list by GraphQL: keeps chosen fields of all ports in a file, and prints what changed since it ran last: follow.py FILE.

The standard library is enough. Needs PEERING_PORTAL_KEY (a key with networks:read and exchanges:read); PEERING_PORTAL_URL is optional.
"""

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

URL = os.environ.get("PEERING_PORTAL_URL", "http://127.0.0.1:8000") + "/graphql"
QUERY = """
query Follow($since: Cursor!) {
  exchangePorts(changedSince: $since, first: 1000) {
    nodes { id status asn speed ipaddr4 ipaddr6 exchange { name } }
    pageInfo { hasNextPage endCursor }
  }
}
"""


def ask(query: str, variables: dict[str, object]) -> Any:
    """The answer's data. Errors come as JSON too, whatever the status."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {os.environ['PEERING_PORTAL_KEY']}"}
    try:
        with urllib.request.urlopen(urllib.request.Request(URL, body, headers)) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as error:
        answer = json.load(error)
    if "errors" in answer:
        raise SystemExit("\n".join(error["message"] for error in answer["errors"]))
    return answer["data"]


path = Path(sys.argv[1])
kept: Any = json.loads(path.read_text()) if path.exists() else {"cursor": "", "ports": {}}  # "" begins at the start
more = True
while more:
    page = ask(QUERY, {"since": kept["cursor"]})["exchangePorts"]
    for port in page["nodes"]:
        gone = port["status"] == "DELETED"
        if not gone or port["id"] in kept["ports"]:
            print("-" if gone else "+", port["id"], f"AS{port['asn']}", port["exchange"]["name"], port["speed"])
        kept["ports"].pop(port["id"], None)
        if not gone:
            kept["ports"][port["id"]] = port
    more, kept["cursor"] = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
path.write_text(json.dumps(kept))
