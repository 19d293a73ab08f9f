"""Whatever a caller sends, a mutation is done or refused in words: never a failure of ours, and what is stored keeps the rules."""

from collections import Counter
from random import Random
from typing import Any

import pytest
from flask import Flask
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull, get_nullable_type
from sqlalchemy import Connection, select

from graphql_schema import INDEX
from portal.access.permissions import GRANTABLE
from portal.access.principal import COMMAND_LINE
from portal.extensions import db
from portal.limits.memory import Spending
from portal.registry.description import RecordType
from portal.registry.exchanges import PREFIX
from portal.registry.ports import PORT
from portal.registry.types import TYPES
from portal.registry.write.derived.repair_counters import repair_counters
from portal.registry.write.recount import count_wrong
from tests.graphql.requests import Send
from tests.people import People
from tests.registry import Records
from tests.repetitions import Dose
from tests.rules.audit_chain import look

TEXTS: tuple[str, ...] = (
    "",
    " ",
    "x" * 300,
    "Ünï ©ode 東京",
    "a\tb\nc",
    "https://example.net",
    "javascript:x",
    "a@example.net",
    "a@",
    "RIPE::AS-X AS1:AS-Y",
    "AS-",
)
TEXTS += (
    "RIPE::AS-X AS1:AS-Y",
    "AS-",
    "+49 69 1234567",
    "0",
    "DE",
    "zz",
    "00:11:22:33:44:55",
    "1e9",
    "'; DROP TABLE network",
    "\x01",
    "\u202e",
    "null",
    "2001:db8::/32",
)
VALUES: dict[str, tuple[Any, ...]] = {
    "String": TEXTS,
    "Int": (0, 1, -1, 50, 1500, 9000, 2**31 - 1, -(2**31)),
    "Float": (0, -90.5, 180, 1e308),
    "Boolean": (True, False),
    "ASN": (0, 1, 23456, 64500, 64510, 65551, 2**32 - 1, "AS64777"),
    "IPAddress": ("198.51.100.1", "198.51.100.99", "203.0.113.9", "2001:db8:1::99", "::1", "0.0.0.0"),
    "IPPrefix": ("198.51.100.0/24", "192.0.2.0/24", "0.0.0.0/0", "2001:db8:2::/64", "::/0"),
}
WRONG_IDS = ("0", "net:1", "x:1", "2147483648", "net:-1", "")
NAMES = {  # of records, by the field that names them or the noun that a mutation ends with
    "network": ("net", "second", "other", "waiting"),
    "contact": ("net Public", "net Private", "other Public"),
    "exchangePort": ("net port", "other port"),
    "networkFacility": ("presence",),
    "exchange": ("ix",),
    "peeringLan": ("lan",),
    "prefix": ("v4", "v6"),
    "exchangeFacility": ("ix presence",),
    "facility": ("fac",),
    "netSide": ("fac",),
    "ixSide": ("fac",),
}


class Inputs:
    """Draws inputs of a mutation: mostly of records that are there."""

    def __init__(self, random: Random, records: Records, people: People) -> None:
        self.random = random
        self.ids = {noun: [str(records[name]) for name in names] for noun, names in NAMES.items()}
        self.ids["organization"] = [str(people.ours), str(people.theirs)]

    def value(self, kind: Any, name: str) -> Any:
        """None now and then, where it may be; `name` is the field's, or of an id the noun that it is of."""
        if not isinstance(kind, GraphQLNonNull) and self.random.random() < 0.1:
            return None
        kind = get_nullable_type(kind)
        if isinstance(kind, GraphQLList):
            return [self.value(kind.of_type, name) for _ in range(self.random.randrange(4))]
        if isinstance(kind, GraphQLEnumType):
            return self.random.choice(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return {field: self.value(kind.fields[field].type, self.noun(field, name)) for field in self.some_of(kind)}
        if kind.name == "ID":
            ids = self.ids.get(name, ())
            return self.random.choice(ids if ids and self.random.random() < 0.9 else WRONG_IDS)
        return self.random.choice(VALUES[kind.name])

    def noun(self, field: str, above: str) -> str:
        return above if field == "id" else field.removesuffix("Id")

    def some_of(self, kind: GraphQLInputObjectType) -> list[str]:
        """All that it needs, its id, and some more."""
        needed = {name for name, field in kind.fields.items() if isinstance(field.type, GraphQLNonNull) or name == "id"}
        return [name for name in kind.fields if name in needed or (name != "asn" and self.random.random() < 0.3)]


def live_below_deleted(connection: Connection, kind: RecordType) -> list[Any]:
    """Rows that name one that is deleted."""
    rows: list[Any] = []
    for column in kind.table.columns:
        for key in column.foreign_keys:
            above = key.column.table.alias()
            gone = select(kind.table.c.id).join(above, above.c.id == column).where(above.c.status == "deleted")
            rows += connection.execute(gone.where(kind.table.c.status != "deleted")).all()
    return rows


def ports_outside(connection: Connection) -> list[Any]:
    """Live ports whose IPv4 address is in no live prefix of their LAN."""
    port, prefix = PORT.table, PREFIX.table
    inside = select(prefix.c.id).where(
        prefix.c.peering_lan_id == port.c.peering_lan_id,
        prefix.c.status == "ok",
        prefix.c.first <= port.c.ipaddr4_bytes,
        prefix.c.last >= port.c.ipaddr4_bytes,
    )
    outside = port.c.ipaddr4_bytes.is_not(None), port.c.status == "ok", ~inside.correlate(port).exists()
    return list(connection.execute(select(port.c.id, port.c.ipaddr4).where(*outside)))


@pytest.mark.parametrize("seed", range(2))
def test_random_mutations_never_fail(app: Flask, send: Send, robot: Any, records: Records, people: People, dose: Dose, seed: int) -> None:
    with app.app_context():
        repair_counters(db.session(), COMMAND_LINE)
        db.session.commit()
    everything = [permission.value for permission in GRANTABLE]
    keys = robot(*everything), robot(*everything, charlie=True)
    random = Random(seed)
    inputs, done = Inputs(random, records, people), Counter[str]()
    fields: Any = INDEX.schema.mutation_type.fields  # type: ignore[union-attr]  # there is one
    for _ in range(dose(80, 600)):
        app.extensions["portal spending"] = Spending()
        name = random.choice([field for field in fields if not field.startswith("delete") or random.random() < 0.1])
        given, noun = fields[name].args["input"].type, name.lstrip("abcdefghijklmnopqrstuvwxyz")
        query = f"mutation ($in: {given}, $dry: Boolean) {{ {name}(input: $in, dryRun: $dry) {{ userErrors {{ code path }} }} }}"
        value = inputs.value(given, noun[:1].lower() + noun[1:])
        answer: Any = send(query, random.choice(keys), **{"in": value, "dry": random.random() < 0.5}).json
        codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
        assert codes <= {"BAD_USER_INPUT", "NOT_FOUND", "FORBIDDEN"}, (query, value, answer)
        done[name] += (answer.get("data") or {}).get(name) == {"userErrors": []}
    assert done.total() > dose(0, 20)
    with app.app_context(), db.engine.connect() as connection:
        assert count_wrong(connection) == 0
        assert [row for kind in TYPES.values() for row in live_below_deleted(connection, kind)] == []
        assert ports_outside(connection) == []
    assert look(app).wrong == 0
