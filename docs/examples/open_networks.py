"""All networks with an open policy and their NOC's address, page by page; the standard library is enough.

Needs PEERING_PORTAL_KEY (a key with networks:read and contacts:read); PEERING_PORTAL_URL is optional.
"""

import json
import os
import urllib.error
import urllib.request
from typing import Any

URL = os.environ.get("PEERING_PORTAL_URL", "http://127.0.0.1:8000") + "/graphql"
QUERY = """
query OpenNetworks($after: Cursor) {
  networks(first: 100, after: $after, where: {policyGeneral: {eq: OPEN}}) {
    nodes { asn name contacts(where: {role: {eq: NOC}}) { nodes { email } } }
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


after = None
while True:
    page = ask(QUERY, {"after": after})["networks"]
    for network in page["nodes"]:
        addresses = ", ".join(contact["email"] for contact in network["contacts"]["nodes"]) or "-"
        print(f"AS{network['asn']}\t{network['name']}\t{addresses}")
    if not page["pageInfo"]["hasNextPage"]:
        break
    after = page["pageInfo"]["endCursor"]
