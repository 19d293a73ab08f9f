"""Who a network could peer with, where, and who to contact, as CSV.

    python3 docs/examples/find_peers.py AS64500 > peers.csv

Needs PEERING_PORTAL_KEY (a key with networks:read, exchanges:read and contacts:read).
"""

import csv
import re
import sys

from portal_client import pages, run

QUERY = """
query FindPeers($asn: ASN!, $after: Cursor) {
  peers(asn: $asn, first: 1000, after: $after, where: {network: {policyGeneral: {in: [OPEN, SELECTIVE]}}}) {
    nodes {
      network { asn name contacts(where: {role: {in: [POLICY, NOC]}}) { nodes { email } } }
      sharedExchanges { exchange { name } theirPorts { ipaddr4 ipaddr6 } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""


def harmless(text: str) -> str:
    """Names are others' to choose: an apostrophe before what a spreadsheet would take for a formula, behind any separator."""
    return re.sub(r"(\A|[,;|\t\r\n])([ ]*)(?=[=+@＝＋－＠-])", r"\1\2'", text)


def main() -> None:
    out = csv.writer(sys.stdout, quoting=csv.QUOTE_ALL)
    out.writerow(["asn", "name", "write to", "exchange", "their addresses"])
    for page in pages(QUERY, "peers", asn=sys.argv[1]):
        for peer in page["nodes"]:
            network = peer["network"]
            emails = " ".join(contact["email"] for contact in network["contacts"]["nodes"])
            for shared in peer["sharedExchanges"]:
                addresses = [address for port in shared["theirPorts"] for address in port.values() if address]
                cells = [str(network["asn"]), network["name"], emails, shared["exchange"]["name"], " ".join(addresses)]
                out.writerow(map(harmless, cells))


run(main)
