"""The playground's examples, one for each thing the registry is for; they find something in the demo."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """A query of the mission, to start from."""

    title: str
    description: str
    query: str


NETWORK = """\
# One network by its ASN: what it is, where it is, and who to contact.
{
  network(asn: 64500) {
    name
    policyGeneral
    irrAsSet
    infoPrefixes4
    infoPrefixes6
    contacts { nodes { role name email } }
    ports {
      nodes {
        exchange { name city }
        ipaddr4
        ipaddr6
        speed
        isRsPeer
      }
    }
  }
}
"""
OPEN_NETWORKS = """\
# Networks with an open policy, a page at a time.
{
  networks(first: 10, where: { policyGeneral: { eq: OPEN } }) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { asn name infoScope infoTypes website }
  }
}
"""
AT_AN_EXCHANGE = """\
# Who is at an exchange, and who to contact there.
{
  exchanges(first: 1, where: { name: { contains: "polder" } }) {
    nodes {
      name
      city
      ports(first: 50) {
        totalCount
        nodes {
          speed
          network { asn name policyGeneral contacts { nodes { role email } } }
        }
      }
    }
  }
}
"""
PEERS = """\
# Who AS64500 could peer with, where, and who to contact. Networks that don't peer and route servers are left out.
{
  peers(asn: 64500, first: 20, where: { network: { policyGeneral: { in: [OPEN, SELECTIVE] } } }) {
    totalCount
    nodes {
      network { asn name policyGeneral infoPrefixes4 infoPrefixes6 irrAsSet contacts { nodes { role email } } }
      sharedExchanges {
        exchange { name city }
        families
        ourPorts { ipaddr4 ipaddr6 isRsPeer }
        theirPorts { ipaddr4 ipaddr6 speed isRsPeer }
      }
    }
  }
}
"""
PREFIXES = """\
# The address blocks of an exchange's peering LAN.
{
  exchanges(first: 1, where: { name: { contains: "polder" } }) {
    nodes {
      name
      peeringLans { nodes { mtu prefixes { nodes { protocol prefix } } } }
    }
  }
}
"""
ROUTERS = """\
# What routers need to know about a network and its peers: ports, prefixes, AS-SETs and the most prefixes to expect.
# The documentation's router_config.py writes BIRD sessions from it.
{
  network(asn: 64500) {
    name
    irrAsSet
    infoPrefixes4
    infoPrefixes6
    ports {
      nodes {
        exchange { name }
        peeringLan { mtu prefixes { nodes { protocol prefix } } }
        ipaddr4
        ipaddr6
        speed
        isRsPeer
      }
    }
  }
  peers(asn: 64500, first: 20) {
    nodes {
      network { asn name irrAsSet infoPrefixes4 infoPrefixes6 }
      sharedExchanges {
        exchange { name }
        families
        ourPorts { ipaddr4 ipaddr6 }
        theirPorts { ipaddr4 ipaddr6 speed bfdSupport }
      }
    }
  }
}
"""
SEARCH = """\
# Whatever has a name, an ASN, an AS-SET or an address: try AS64500 or 198.51.100.3 too.
{
  search(text: "north", first: 10) {
    nodes {
      __typename
      ... on Network { asn name irrAsSet }
      ... on Exchange { name city }
      ... on Facility { name city }
      ... on Organization { name website }
      ... on Carrier { name }
      ... on Campus { name city }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
VIEWER = """\
# Who am I: paste an API key to see what it can read of itself.
{
  viewer {
    anonymous
    address
    organization { name }
    key { name scopes expiresAt }
  }
}
"""
EXAMPLES = (
    Example("One network", "By its ASN, with its ports and contacts.", NETWORK),
    Example("Open policy", "Networks that peer with everyone.", OPEN_NETWORKS),
    Example("Find peers", "Who a network could peer with, where, and who to contact.", PEERS),
    Example("Search", "By name, ASN, AS-SET or address.", SEARCH),
    Example("Router configuration", "What routers need to know about a network and its peers.", ROUTERS),
    Example("Who is at an exchange", "Its ports, their networks and contacts.", AT_AN_EXCHANGE),
    Example("An exchange's prefixes", "The address blocks of its peering LAN.", PREFIXES),
    Example("Who am I", "What the portal knows about the caller.", VIEWER),
)
