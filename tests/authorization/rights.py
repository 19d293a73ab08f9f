"""Who may see what: the table of the contract over raw rows, in plain Python, with nothing of the portal. What isn't here fails."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.graphql.oracle_types import OWNER, PARENTS

Row = Mapping[str, Any]
Tables = Mapping[str, Mapping[int, Row]]
Scopes = frozenset[str]

NETWORK, EXCHANGE, FACILITY = "networks:read", "exchanges:read", "facilities:read"
CARRIER, CAMPUS, CONTACT = "carriers:read", "campuses:read", "contacts:read"
READS = (NETWORK, EXCHANGE, FACILITY, CARRIER, CAMPUS, CONTACT)
NEEDS = {
    "organization": frozenset[str](),
    "network": frozenset({NETWORK}),
    "exchange": frozenset({EXCHANGE}),
    "peering_lan": frozenset({EXCHANGE}),
    "prefix": frozenset({EXCHANGE}),
    "exchange_port": frozenset({NETWORK, EXCHANGE}),
    "facility": frozenset({FACILITY}),
    "network_facility": frozenset({NETWORK, FACILITY}),
    "exchange_facility": frozenset({EXCHANGE, FACILITY}),
    "carrier": frozenset({CARRIER}),
    "carrier_facility": frozenset({CARRIER, FACILITY}),
    "campus": frozenset({CAMPUS}),
    "contact": frozenset({CONTACT, "contacts:read_private"}),
}
GATED = {("network", "notes_private"), ("peering_lan", "ixf_ixp_member_list_url")}


@dataclass(frozen=True)
class Caller:
    """`grants`: scope → the objects that it lists, None for all of the organization's; `organization` is None without a key."""

    name: str
    grants: Mapping[str, frozenset[int] | None]
    organization: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Rights:
    """What one caller may see of these rows."""

    tables: Tables
    caller: Caller

    def may(self, needed: Scopes) -> bool:
        return not needed or not needed.isdisjoint(self.caller.grants)

    def owner(self, table: str, row: Row) -> Any:
        if table == "organization":
            return row["id"]
        if table not in OWNER:
            return row["organization_id"]
        parent = PARENTS[table][OWNER[table]]
        return self.owner(parent, self.tables[parent][row[OWNER[table]]])

    def private(self, scope: str, table: str, row: Row, listed: int) -> bool:
        """Its own organization's, and among the objects that the grant lists."""
        chosen = self.caller.grants.get(scope, frozenset())
        return self.owner(table, row) == self.caller.organization and (chosen is None or listed in chosen)

    def exists(self, table: str, row: Row, deleted: bool) -> bool:
        """Live, or pending and one's own, as are all of its parents; `deleted`: what is deleted is taken for live."""
        if row["status"] == "pending" and self.owner(table, row) != self.caller.organization:
            return False
        if row["status"] == "deleted" and not deleted:
            return False
        return all(self.exists(parent, self.tables[parent][row[column]], deleted) for column, parent in PARENTS[table].items())

    def sees(self, table: str, row: Row, *, deleted: bool = False) -> bool:
        """Whether the row is shown; `deleted`: where deleted ones are asked for."""
        if not self.may(NEEDS[table]) or not self.exists(table, row, deleted):
            return False
        return table != "contact" or self.may_write_to(row)

    def may_write_to(self, contact: Row) -> bool:
        if contact["visible"] == "Private":
            return self.private("contacts:read_private", "contact", contact, contact["network_id"])
        if contact["visible"] == "Users" and self.caller.organization is None:
            return False
        return CONTACT in self.caller.grants

    def shows(self, table: str, row: Row, column: str) -> bool:
        """Whether a visible row shows this column."""
        if (table, column) == ("network", "notes_private"):
            return self.private("networks:read_private", table, row, row["id"])
        if (table, column) == ("peering_lan", "ixf_ixp_member_list_url"):
            if row["ixf_ixp_member_list_url_visible"] == "Private":
                return self.private("exchanges:read_private", table, row, row["exchange_id"])
            signed_in = self.caller.organization is not None and CONTACT in self.caller.grants
            return row["ixf_ixp_member_list_url_visible"] == "Public" or signed_in
        return True

    def rows(self, table: str, *, deleted: bool = False) -> list[Row]:
        """The visible ones by id."""
        return [row for _, row in sorted(self.tables[table].items()) if self.sees(table, row, deleted=deleted)]


ANONYMOUS = Caller("anonymous", dict.fromkeys(READS))
