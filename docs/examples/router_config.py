"""Everything that a network's routers need to know about its peers, in one request, as BIRD 2 sessions; the standard library is enough.

    python3 docs/examples/router_config.py 64500 > peers.conf

Needs PEERING_PORTAL_KEY (a key with networks:read and exchanges:read); PEERING_PORTAL_URL is optional.
"""

import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from itertools import product
from typing import Any

URL = os.environ.get("PEERING_PORTAL_URL", "http://127.0.0.1:8000") + "/graphql"
QUERY = """
query RouterConfig($asn: ASN!) {
  network(asn: $asn) {
    asn name irrAsSet infoPrefixes4 infoPrefixes6 infoNeverViaRouteServers
    ports(first: 1000) {
      nodes {
        exchange { name }
        peeringLan { mtu rsAsn prefixes { nodes { protocol prefix } } }
        ipaddr4 ipaddr6 speed isRsPeer bfdSupport operational
      }
    }
  }
  peers(asn: $asn, first: 5000, where: { policyGeneral: { in: [OPEN, SELECTIVE] } }) {
    nodes {
      network { asn name irrAsSet infoPrefixes4 infoPrefixes6 infoNeverViaRouteServers }
      sharedExchanges {
        exchange { name }
        families
        ourPorts { ipaddr4 ipaddr6 bfdSupport }
        theirPorts { ipaddr4 ipaddr6 speed isRsPeer bfdSupport }
      }
    }
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
    if "truncated" in answer.get("extensions", {}):
        raise SystemExit("There is more than one answer holds: ask by pages.")
    return answer["data"]


def plain(text: str) -> str:
    """Names are written by strangers: nothing of them may end a comment or a string."""
    return re.sub(r"[^\w .,:/()+-]", "?", text)


def sessions(ours: int, peer: dict[str, Any]) -> Iterator[str]:
    """A session for each pair of ports and each family that both have. The filters are yours; an AS-SET is what to make them of."""
    theirs = peer["network"]
    for shared in peer["sharedExchanges"]:
        yield f"# {plain(theirs['name'])} at {plain(shared['exchange']['name'])}, AS-SET {plain(theirs['irrAsSet']) or 'unstated'}"
        for family in "46":
            limit = theirs[f"infoPrefixes{family}"]  # null is unstated, never "no limit"
            import_limit = f"import limit {limit} action restart; " if limit else ""
            for our, their in product(shared["ourPorts"], shared["theirPorts"]):
                local, neighbor = our[f"ipaddr{family}"], their[f"ipaddr{family}"]
                if local and neighbor:
                    yield f"protocol bgp {{ local {local} as {ours}; neighbor {neighbor} as {theirs['asn']};"
                    yield f"  ipv{family} {{ {import_limit}import filter from_peer; export filter to_peer; }};"
                    yield f"  bfd {'on' if our['bfdSupport'] and their['bfdSupport'] else 'off'}; }}"


answer = ask(QUERY, {"asn": sys.argv[1]})
if answer["network"] is None:
    raise SystemExit(f"AS{sys.argv[1]} isn't in the registry.")
for port in answer["network"]["ports"]["nodes"]:
    lan = port["peeringLan"]
    prefixes = ", ".join(block["prefix"] for block in lan["prefixes"]["nodes"])
    print(f"# our port: {plain(port['exchange']['name'])}, {port['speed']} Mbit/s, {prefixes}, MTU {lan['mtu']}")
for peer in answer["peers"]["nodes"]:
    print(*sessions(answer["network"]["asn"], peer), sep="\n")
