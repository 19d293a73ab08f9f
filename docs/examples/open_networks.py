"""All networks with an open policy and their NOC's address, page by page.

Needs PEERING_PORTAL_KEY (a key with networks:read and contacts:read).
"""

from portal_client import pages, run

QUERY = """
query OpenNetworks($after: Cursor) {
  networks(first: 1000, after: $after, where: {policyGeneral: {eq: OPEN}}) {
    nodes { asn name contacts(where: {role: {eq: NOC}}) { nodes { email } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""


def main() -> None:
    for page in pages(QUERY, "networks"):
        for network in page["nodes"]:
            addresses = ", ".join(contact["email"] for contact in network["contacts"]["nodes"]) or "-"
            print(f"AS{network['asn']}\t{network['name']}\t{addresses}")


run(main)
