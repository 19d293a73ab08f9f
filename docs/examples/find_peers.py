"""Who a network could peer with, where, and who to contact, as CSV; the standard library is enough.

    python3 docs/examples/find_peers.py 64500 > peers.csv

Needs PEERING_PORTAL_KEY (a key with networks:read, exchanges:read and contacts:read); PEERING_PORTAL_URL is optional.
"""

import csv
import json
import os
import re
import sys
import urllib.error
import urllib.request
from typing import Any

URL = os.environ.get("PEERING_PORTAL_URL", "http://127.0.0.1:8000") + "/graphql"
QUERY = """
query FindPeers($asn: ASN!, $after: Cursor) {
  peers(asn: $asn, first: 200, after: $after, where: {policyGeneral: {in: [OPEN, SELECTIVE]}}) {
    nodes {
      network { asn name contacts(where: {role: {in: [POLICY, NOC]}}) { nodes { email } } }
      sharedExchanges { exchange { name } theirPorts { ipaddr4 ipaddr6 } }
    }
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


def harmless(text: str) -> str:
    """Names are others' to choose: an apostrophe before what a spreadsheet would take for a formula, behind any separator."""
    return re.sub(r"(\A|[,;|\t\r\n])([ ]*)(?=[=+@＝＋－＠-])", r"\1\2'", text)


out = csv.writer(sys.stdout, quoting=csv.QUOTE_ALL)
out.writerow(["asn", "name", "write to", "exchange", "their addresses"])
after = None
while True:
    page = ask(QUERY, {"asn": sys.argv[1], "after": after})["peers"]
    for peer in page["nodes"]:
        network = peer["network"]
        emails = " ".join(contact["email"] for contact in network["contacts"]["nodes"])
        for shared in peer["sharedExchanges"]:
            addresses = [address for port in shared["theirPorts"] for address in port.values() if address]
            cells = [str(network["asn"]), network["name"], emails, shared["exchange"]["name"], " ".join(addresses)]
            out.writerow(map(harmless, cells))
    if not page["pageInfo"]["hasNextPage"]:
        break
    after = page["pageInfo"]["endCursor"]
