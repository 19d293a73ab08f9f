"""Everything that a network's routers need to know about the peers it agreed with, in one request, as BIRD 2 sessions.

    python3 docs/examples/router_config.py AS64500 agreed.txt --limit4 1000 --limit6 200 > peers.conf

agreed.txt holds the ASNs of the networks that agreed, one per line; what follows # is a comment. A session's name is made of the peer's
ASN, the exchange, the family, and both ports' numbers in the registry, so that a new peer or port renames no other session.
Needs PEERING_PORTAL_KEY (a key with networks:read and exchanges:read). bird.conf, beside this file, includes what it prints.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from itertools import product
from math import ceil
from pathlib import Path
from typing import Any

from portal_client import PortalError, ask, run

QUERY = """
query RouterConfig($asn: ASN!, $where: PeerFilter) {
  network(asn: $asn) {
    asn name irrAsSet
    ports(first: 1000) {
      nodes {
        exchange { name }
        peeringLan { mtu rsAsn prefixes { nodes { protocol prefix } } }
        asn ipaddr4 ipaddr6 speed isRsPeer bfdSupport operational
      }
    }
  }
  peers(asn: $asn, first: 5000, where: $where) {
    nodes {
      network { asn name irrAsSet infoPrefixes4 infoPrefixes6 infoNeverViaRouteServers }
      sharedExchanges {
        exchange { databaseId name }
        families
        ourPorts { databaseId asn ipaddr4 ipaddr6 bfdSupport }
        theirPorts { databaseId asn ipaddr4 ipaddr6 speed isRsPeer bfdSupport }
      }
    }
  }
}
"""
ASNS_AT_ONCE = 500  # as many as a filter takes
SESSION = """\
protocol bgp {name} {{
  description "{description}";
  local {local} as {local_as};
  neighbor {neighbor} as {neighbor_as};
  ipv{family} {{ receive limit {limit} action restart; import filter from_peer; export filter to_peer; }};
  bfd {bfd};
}}"""


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Prints BIRD 2 sessions with the networks that agreed to peer.")
    parser.add_argument("asn", help="your network, as AS64500")
    parser.add_argument("agreed", type=Path, help="a file of the ASNs that agreed")
    parser.add_argument("--limit4", type=int, required=True, help="most IPv4 routes of a peer that states no number")
    parser.add_argument("--limit6", type=int, required=True, help="most IPv6 routes of a peer that states no number")
    parser.add_argument("--headroom", type=float, default=1.5, help="what a stated number is multiplied by (1.5)")
    return parser.parse_args()


def read_asns(text: str) -> set[int]:
    """Raises PortalError for a line that is no ASN."""
    asns = set()
    for line in text.splitlines():
        if word := line.partition("#")[0].strip():
            match = re.fullmatch(r"(?:AS)?(\d{1,10})", word, flags=re.IGNORECASE | re.ASCII)
            if not match:
                raise PortalError(f'"{word}" isn\'t an ASN. Write one per line, such as AS64500.')
            asns.add(int(match[1]))
    return asns


def plain(text: str) -> str:
    """Names are written by strangers: nothing of them may end a comment or a string."""
    return re.sub(r"[^\w .,:/()+-]", "?", text)


def sessions(peer: dict[str, Any], options: argparse.Namespace) -> Iterator[str]:
    """A session for each pair of ports and each family that both have. The filters are yours; an AS-SET is what to make them of."""
    network = peer["network"]
    yield f"# AS{network['asn']} {plain(network['name'])}, AS-SET {plain(network['irrAsSet']) or 'unstated'}"
    for shared in peer["sharedExchanges"]:
        exchange = shared["exchange"]
        for family, ours, theirs in product("46", shared["ourPorts"], shared["theirPorts"]):
            local, neighbor = ours[f"ipaddr{family}"], theirs[f"ipaddr{family}"]
            if local and neighbor:
                yield SESSION.format(
                    name=f"AS{network['asn']}_ix{exchange['databaseId']}_v{family}_{ours['databaseId']}_{theirs['databaseId']}",
                    description=f"{plain(network['name'])} at {plain(exchange['name'])}",
                    local=local,
                    local_as=ours["asn"],  # a port's own ASN: some networks peer with another one at some exchanges
                    neighbor=neighbor,
                    neighbor_as=theirs["asn"],
                    family=family,
                    limit=limit(network[f"infoPrefixes{family}"], getattr(options, f"limit{family}"), options.headroom),
                    bfd="on" if ours["bfdSupport"] and theirs["bfdSupport"] else "off",
                )


def limit(stated: int | None, default: int, headroom: float) -> int:
    """Of received routes: a peer that leaks a table is stopped. A number that isn't stated never means "no limit"."""
    return ceil(stated * headroom) if stated else default


def ask_for(asn: str, agreed: set[int]) -> Any:
    """Returns the network and those of its peers that agreed: one request for each 500 of them."""
    asns = sorted(agreed)
    batches = [asns[first : first + ASNS_AT_ONCE] for first in range(0, len(asns), ASNS_AT_ONCE)] or [[]]
    answers = [ask(QUERY, {"asn": asn, "where": {"network": {"asn": {"in": batch}}}}) for batch in batches]
    nodes = [node for answer in answers for node in answer["peers"]["nodes"]]
    return answers[0] | {"peers": {"nodes": nodes}}


def configuration(answer: Any, options: argparse.Namespace) -> Iterator[str]:
    for port in answer["network"]["ports"]["nodes"]:
        lan = port["peeringLan"]
        prefixes = ", ".join(block["prefix"] for block in lan["prefixes"]["nodes"])
        yield f"# our port: {plain(port['exchange']['name'])}, {port['speed']} Mbit/s, {prefixes}, MTU {lan['mtu']}"
    for peer in sorted(answer["peers"]["nodes"], key=lambda peer: int(peer["network"]["asn"])):
        yield from sessions(peer, options)


def main() -> None:
    options = read_options()
    agreed = read_asns(options.agreed.read_text())
    answer = ask_for(options.asn, agreed)
    for line in configuration(answer, options):
        print(line)
    for asn in sorted(agreed - {peer["network"]["asn"] for peer in answer["peers"]["nodes"]}):
        print(f"AS{asn} shares no exchange with {options.asn}, or isn't in the registry.", file=sys.stderr)


if __name__ == "__main__":
    run(main)
