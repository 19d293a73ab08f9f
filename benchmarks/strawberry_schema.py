"""Strawberry as its documentation shows it: types beside mapped classes, resolvers where rows are filtered, else attributes."""

from typing import Annotated, Any, NewType, cast

import strawberry
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from strawberry.scalars import ID
from strawberry.schema.config import StrawberryConfig

from benchmarks.strawberry_models import EXCHANGES, NETWORKS, PORTS, ExchangeRow, NetworkRow, PortRow
from portal.db.types import TIMESTAMP_FORM
from portal.registry.choices import ContactRole, GeographicScope, Policy
from portal.registry.read.paging import BY_ID, fingerprint, read_cursor, write_cursor
from portal.registry.types import TYPES

ASN = NewType("ASN", int)
Cursor = NewType("Cursor", str)
SCALARS: dict[object, Any] = {ASN: strawberry.scalar(name="ASN"), Cursor: strawberry.scalar(name="Cursor")}
PORT = TYPES["netixlan"]
Info = strawberry.Info[Session, None]
for words in (ContactRole, Policy, GeographicScope):
    strawberry.enum(words)


def live(rows: list[Any], first: int | None = None) -> list[Any]:
    return [row for row in rows if row.status == "ok"][:first]


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: Cursor


@strawberry.type
class Contact:
    role: ContactRole
    name: str
    email: str


@strawberry.type
class ContactConnection:
    nodes: list[Contact]


@strawberry.type
class Network:
    asn: ASN
    name: str
    website: str
    irr_as_set: str
    info_prefixes4: int | None
    info_prefixes6: int | None
    info_scope: GeographicScope
    info_ipv6: bool
    policy_general: Policy
    policy_url: str

    @strawberry.field
    def updated(self) -> str:
        return cast(Any, self).updated.strftime(TIMESTAMP_FORM)  # type: ignore[no-any-return]  # self is a row

    @strawberry.field
    def contacts(self) -> ContactConnection:
        return ContactConnection(nodes=[row for row in live(cast(Any, self).contacts, 100) if row.visible in {"Public", "Users"}])

    @strawberry.field
    def ports(self, first: int = 100) -> Annotated["PortConnection", strawberry.lazy(__name__)]:
        return PortConnection(nodes=live(cast(Any, self).ports, first), page_info=None)


@strawberry.type
class NetworkConnection:
    nodes: list[Network]


@strawberry.type
class Exchange:
    name: str
    city: str
    country: str

    @strawberry.field
    def ports(self, first: int = 100) -> Annotated["PortConnection", strawberry.lazy(__name__)]:
        return PortConnection(nodes=live(cast(Any, self).ports, first), page_info=None)


@strawberry.type
class Port:
    @strawberry.field
    def database_id(self) -> int:
        return cast(Any, self).id  # type: ignore[no-any-return]  # self is a row

    asn: ASN
    ipaddr4: str | None
    ipaddr6: str | None
    speed: int
    is_rs_peer: bool
    operational: bool
    network: Network
    exchange: Exchange

    @strawberry.field
    def updated(self) -> str:
        return cast(Any, self).updated.strftime(TIMESTAMP_FORM)  # type: ignore[no-any-return]  # self is a row


@strawberry.type
class PortConnection:
    nodes: list[Port]
    page_info: PageInfo | None


@strawberry.type
class CommonExchange:
    exchange: Exchange


@strawberry.type
class Query:
    @strawberry.field
    def network(self, info: Info, asn: ASN) -> Network | None:
        row: Any = info.context.scalar(select(NetworkRow).where(NETWORKS.c.asn == asn, NETWORKS.c.status == "ok"))
        return row  # type: ignore[no-any-return]  # Strawberry takes a row for its type

    @strawberry.field
    def networks(self, info: Info, first: int = 100) -> NetworkConnection:
        statement = select(NetworkRow).where(NETWORKS.c.status == "ok").order_by(NETWORKS.c.id).limit(first)
        return NetworkConnection(nodes=cast(Any, info.context.scalars(statement).all()))

    @strawberry.field
    def exchange(self, info: Info, id: ID) -> Exchange | None:  # noqa: A002 - the argument's name
        row: Any = info.context.get(ExchangeRow, int(id.removeprefix("ix:")))
        return row  # type: ignore[no-any-return]  # Strawberry takes a row for its type

    @strawberry.field
    def exchange_ports(self, info: Info, after: Cursor, first: int = 100) -> PortConnection:
        begin = read_cursor(PORT, BY_ID, after).values["after_id"]
        statement = select(PortRow).where(PORTS.c.id > begin, PORTS.c.status == "ok").order_by(PORTS.c.id).limit(first + 1)
        rows: Any = info.context.scalars(statement).all()
        end = write_cursor(fingerprint(PORT, BY_ID), [rows[:first][-1].id])
        return PortConnection(nodes=rows[:first], page_info=PageInfo(has_next_page=len(rows) > first, end_cursor=Cursor(end)))

    @strawberry.field
    def common_exchanges(self, info: Info, asns: list[ASN]) -> list[CommonExchange]:
        at = select(PORTS.c.exchange_id).where(PORTS.c.asn.in_(asns), PORTS.c.status == "ok").group_by(PORTS.c.exchange_id)
        everybody = at.having(func.count(PORTS.c.asn.distinct()) == len(asns))
        statement = select(ExchangeRow).where(EXCHANGES.c.id.in_(everybody), EXCHANGES.c.status == "ok").order_by(EXCHANGES.c.id)
        return [CommonExchange(exchange=cast(Any, row)) for row in info.context.scalars(statement)]


schema = strawberry.Schema(Query, config=StrawberryConfig(scalar_map=SCALARS))
