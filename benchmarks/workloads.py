"""What is asked, W1 to W6: documents of our schema, which every candidate but PostGraphile understands, and variables.

To add one, write it here, and what they answer in floor.py and the others. One whose document the schema doesn't know yet is left out.
"""

from dataclasses import dataclass, field
from typing import Any

from graphql import parse, validate

from benchmarks.generate import FIRST_ASN
from graphql_schema import INDEX
from portal.registry.read.paging import BY_ID, fingerprint, write_cursor
from portal.registry.types import TYPES

Variables = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Workload:
    """`bar`: the most that ours may cost beside the floor. `least`: the least that a rival must cost beside ours, by its name.

    A rival without such a bar isn't asked.
    """

    name: str
    asks: str
    document: str
    variables: tuple[Variables, ...]
    bar: float | None = None
    least: dict[str, float] = field(default_factory=dict)

    @property
    def operation(self) -> str:
        """`W2` of `query W2(…)`."""
        return self.document.split()[1].partition("(")[0]

    @property
    def is_known(self) -> bool:
        return not validate(INDEX.schema, parse(self.document))


def least(orm: float, mercurius: float, postgraphile: float) -> dict[str, float]:
    return {"ORM": orm, "mercurius": mercurius, "PostGraphile": postgraphile}


def port_cursor(number: int) -> str:
    """The cursor of the port with this id."""
    return write_cursor(fingerprint(TYPES["netixlan"], BY_ID), [number])


W1 = """
query W1($asn: ASN!) {
  network(asn: $asn) {
    asn name website irrAsSet infoPrefixes4 infoPrefixes6 policyGeneral policyUrl updated
    contacts { nodes { role name email } }
    ports { nodes { ipaddr4 ipaddr6 speed isRsPeer exchange { name } } }
  }
}"""
W2 = """
query W2($first: Int!) {
  networks(first: $first) {
    nodes { asn name website irrAsSet infoPrefixes4 infoPrefixes6 infoScope infoIpv6 policyGeneral updated }
  }
}"""
W3 = """
query W3($id: ID!, $first: Int!) {
  exchange(id: $id) {
    name
    ports(first: $first) {
      nodes { ipaddr4 ipaddr6 speed network { asn name policyGeneral contacts { nodes { role email } } } }
    }
  }
}"""
W4 = """
query W4($after: Cursor!) {
  exchangePorts(first: 1000, after: $after) {
    nodes { databaseId asn ipaddr4 ipaddr6 speed isRsPeer operational updated }
    pageInfo { hasNextPage endCursor }
  }
}"""
W5 = """
query W5($asns: [ASN!]!) {
  commonExchanges(asns: $asns) { exchange { name city country } }
}"""

W6 = """
query W6($asn: ASN!) {
  peers(asn: $asn, first: 5000, where: {policyGeneral: {eq: OPEN}}) {
    nodes {
      network { asn name policyGeneral contacts { nodes { role email } } }
      sharedExchanges { exchange { name } }
    }
  }
}"""

SMALL, LARGE = range(2_000, 2_050), (5, 8)  # networks with some ports, networks at about 200 exchanges
PAGES = range(69)

WORKLOADS = (
    Workload("W1", "a network with contacts and ports", W1, tuple({"asn": FIRST_ASN + number} for number in SMALL), 1.8, least(8, 0.7, 1)),
    Workload("W2a", "100 networks × 10", W2, ({"first": 100},), 1.35, least(10, 1.5, 2.2)),
    Workload("W2b", "1,000 networks × 10", W2, ({"first": 1000},), 1.15, least(15, 2, 3.5)),
    Workload("W3", "an exchange's 900 ports, networks, contacts", W3, ({"id": "ix:2", "first": 1000},), 1.2, least(30, 3.5, 3.5)),
    Workload("W4", "1,000 ports × 8 by cursor", W4, tuple({"after": port_cursor(1000 * page)} for page in PAGES), 1.15, least(20, 1.4, 4)),
    Workload("W5", "exchanges common to two networks", W5, ({"asns": [FIRST_ASN + number for number in LARGE]},), 1.5, least(6, 0.45, 1)),
    Workload("W6", "peers of a network at 220 exchanges", W6, ({"asn": FIRST_ASN + 1},)),
)
