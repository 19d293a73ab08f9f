"""All networks that AS64500 could peer with and who to contact, by the client library gql, which checks the query before it is sent.

    pip install "gql[requests]"
    python3 docs/examples/with_gql.py 64500

Needs PEERING_PORTAL_KEY (a key with networks:read, exchanges:read and contacts:read); PEERING_PORTAL_URL is optional.
"""

import os
import sys

from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport

URL = os.environ.get("PEERING_PORTAL_URL", "http://127.0.0.1:8000") + "/graphql"
PEERS = gql("""
query Peers($asn: ASN!, $after: Cursor) {
  peers(asn: $asn, first: 1000, after: $after) {
    totalCount
    nodes {
      network { asn name contacts(where: {role: {in: [POLICY, NOC]}}) { nodes { role email } } }
      sharedExchanges { exchange { name } }
    }
    pageInfo { hasNextPage endCursor }
  }
}
""")

HEADERS = {"Authorization": f"Bearer {os.environ['PEERING_PORTAL_KEY']}"}
transport = RequestsHTTPTransport(URL, headers=HEADERS, retries=5)  # waits as Retry-After says
client = Client(transport=transport, fetch_schema_from_transport=True)

after = None
while True:
    PEERS.variable_values = {"asn": sys.argv[1], "after": after}
    try:
        page = client.execute(PEERS)["peers"]
    except TransportQueryError as error:
        raise SystemExit("\n".join(f"{problem['extensions']['code']}: {problem['message']}" for problem in error.errors or [])) from None
    for peer in page["nodes"]:
        network = peer["network"]
        places = ", ".join(shared["exchange"]["name"] for shared in peer["sharedExchanges"])
        emails = " ".join(contact["email"] for contact in network["contacts"]["nodes"])
        print(f"AS{network['asn']}\t{network['name']}\t{places}\t{emails or '-'}")
    if not page["pageInfo"]["hasNextPage"]:
        break
    after = page["pageInfo"]["endCursor"]
