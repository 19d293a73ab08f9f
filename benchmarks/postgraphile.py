"""The workloads in PostGraphile's words, with aliases so that its answers have the shape of ours; and those answers in our words."""

import json
import re
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from benchmarks.workloads import Variables
from portal.db.types import TIMESTAMP_FORM
from portal.registry.read.paging import BY_ID, read_cursor
from portal.registry.types import TYPES

PRIMARY_KEY_ASC = "22a7b38e94"  # how this version marks its cursors of that order

DOCUMENTS = {
    "W1": """
query W1($asn: BigInt!) {
  network: networkByAsn(asn: $asn) {
    asn name website irrAsSet infoPrefixes4 infoPrefixes6 policyGeneral policyUrl updated
    contacts: contactsByNetworkId(first: 100) { nodes { role name email } }
    ports: exchangePortsByNetworkId(first: 100) {
      nodes { ipaddr4 ipaddr6 speed isRsPeer exchange: exchangeByExchangeId { name } }
    }
  }
}""",
    "W2": """
query W2($first: Int!) {
  networks: allNetworks(first: $first) {
    nodes { asn name website irrAsSet infoPrefixes4 infoPrefixes6 infoScope infoIpv6 policyGeneral updated }
  }
}""",
    "W3": """
query W3($id: Int!, $first: Int!) {
  exchange: exchangeByRowId(rowId: $id) {
    name
    ports: exchangePortsByExchangeId(first: $first) {
      nodes {
        ipaddr4 ipaddr6 speed
        network: networkByNetworkId {
          asn name policyGeneral
          contacts: contactsByNetworkId(first: 100) { nodes { role email } }
        }
      }
    }
  }
}""",
    "W4": """
query W4($after: Cursor!) {
  exchangePorts: allExchangePorts(first: 1000, after: $after) {
    nodes { databaseId: rowId asn ipaddr4 ipaddr6 speed isRsPeer operational updated }
    pageInfo { hasNextPage endCursor }
  }
}""",
    "W5": """
query W5($asns: [BigInt!]!) { commonExchanges(asns: $asns) { nodes { name city country } } }""",
}
COMMON_EXCHANGES = """
CREATE FUNCTION common_exchanges(asns bigint[]) RETURNS SETOF exchange LANGUAGE sql STABLE AS $$
  SELECT * FROM exchange WHERE status = 'ok' AND id IN (
    SELECT exchange_id FROM exchange_port WHERE status = 'ok' AND asn = ANY(asns)
    GROUP BY exchange_id HAVING count(DISTINCT asn) = cardinality(asns)
  ) ORDER BY id
$$"""


def translated(variables: Variables) -> Variables:
    """Our variables in its words: ids are numbers, cursors its own."""
    mine = dict(variables)
    if "id" in mine:
        mine["id"] = int(mine["id"].partition(":")[2])
    if "after" in mine:
        begin = read_cursor(TYPES["netixlan"], BY_ID, mine["after"]).values["after_id"]
        mine["after"] = b64encode(json.dumps([PRIMARY_KEY_ASC, begin], separators=(",", ":")).encode()).decode()
    return mine


def in_our_words(answer: Any, name: str = "") -> Any:
    """Its answer as ours would be: numbers that it writes as text, times, choices, and a function's rows."""
    if name == "commonExchanges" and "nodes" in answer:
        return [{"exchange": exchange} for exchange in answer["nodes"]]
    if isinstance(answer, dict):
        return {key: in_our_words(value, key) for key, value in answer.items() if key != "endCursor"}
    if isinstance(answer, list):
        return [in_our_words(value, name) for value in answer]
    if not isinstance(answer, str):
        return answer
    if name == "asn":
        return int(answer)
    if name == "updated":
        return datetime.fromisoformat(answer).astimezone(UTC).strftime(TIMESTAMP_FORM)
    if name in {"role", "policyGeneral", "infoScope"}:
        return re.sub("[^A-Z0-9]+", "_", answer.upper()) or "NOT_DISCLOSED"
    return answer
