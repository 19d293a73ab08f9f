"""The portal's tables as classes with lazy relations, as most people map them."""

from sqlalchemy.orm import DeclarativeBase, Mapped, relationship

from portal.db.base import Base
from portal.registry.contacts import Contact
from portal.registry.exchanges import Exchange
from portal.registry.networks import Network
from portal.registry.ports import ExchangePort

TABLES = Base.metadata.tables
NETWORKS, CONTACTS = TABLES[Network.__tablename__], TABLES[Contact.__tablename__]
EXCHANGES, PORTS = TABLES[Exchange.__tablename__], TABLES[ExchangePort.__tablename__]


class Mapping(DeclarativeBase):
    """The same tables, other classes."""

    metadata = Base.metadata


class NetworkRow(Mapping):
    __table__ = NETWORKS
    contacts: Mapped[list["ContactRow"]] = relationship(order_by="ContactRow.id", viewonly=True)
    ports: Mapped[list["PortRow"]] = relationship(order_by="PortRow.id", viewonly=True)


class ContactRow(Mapping):
    __table__ = CONTACTS


class ExchangeRow(Mapping):
    __table__ = EXCHANGES
    ports: Mapped[list["PortRow"]] = relationship(order_by="PortRow.id", viewonly=True)


class PortRow(Mapping):
    __table__ = PORTS
    network: Mapped[NetworkRow] = relationship(viewonly=True)
    exchange: Mapped[ExchangeRow] = relationship(viewonly=True)
