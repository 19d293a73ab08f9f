"""The schema as it is served: what introspection tells, walked by graphql-core; and the rule of each field, by the words of rights.py."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLObjectType,
    GraphQLSchema,
    build_client_schema,
    get_named_type,
    get_nullable_type,
)

from tests.authorization.rights import EXCHANGE, FACILITY, NEEDS, NETWORK, Scopes
from tests.graphql.oracle_types import TYPES

OPEN: Scopes = frozenset()
OPEN_TYPES = {"PageInfo", "SocialMedia", "IrrAsSet", "Viewer", "ViewerOrganization", "ViewerKey", "DataStatus", "TypeCount", "RateLimit"}
OPEN_TYPES |= {"UserError", "UserWarning", "PlannedChange", "FieldChange"}  # what leads to them is asked
OPEN_TYPES |= {"HistoryPage", "HistoryEntry", "RecordChange", "ImportDifference"}  # likewise
OPEN_ENDINGS = ("Connection", "Edge", "Payload")  # likewise
PORT = frozenset({NETWORK, EXCHANGE})
OWN_RULES = {
    "Query.node": OPEN,
    "Query.nodes": OPEN,
    "Query.search": OPEN,  # finds what may be read
    "Query.viewer": OPEN,
    "Query.dataStatus": OPEN,
    "Query.rateLimit": OPEN,
    "Query.history": frozenset({"audit:read"}),
    "Query.importDifferences": OPEN,  # tells of fields that may be read
    "Query.peers": frozenset({NETWORK}),
    "Query.commonExchanges": frozenset({EXCHANGE}),
    "Query.commonFacilities": frozenset({FACILITY}),
    "Query.ipAddress": PORT,
    "Network.notesPrivate": frozenset({"networks:read_private"}),
    "Peer.network": frozenset({NETWORK}),
    "Peer.sharedExchanges": PORT,
    "SharedExchange.exchange": frozenset({EXCHANGE}),
    "SharedExchange.peeringLan": frozenset({EXCHANGE}),
    "SharedExchange.families": PORT,
    "SharedExchange.ourPorts": PORT,
    "SharedExchange.theirPorts": PORT,
    "CommonExchange.exchange": frozenset({EXCHANGE}),
    "CommonExchange.ports": PORT,
    "CommonFacility.facility": frozenset({FACILITY}),
    "CommonFacility.presences": frozenset({NETWORK, FACILITY}),
    "IPOwner.port": PORT,
    "IPOwner.peeringLan": frozenset({EXCHANGE}),
    "IPOwner.exchange": frozenset({EXCHANGE}),
}
TAGS = {tag: name for name, (_, tag, _, _) in TYPES.items()}


@dataclass(frozen=True)
class Relation:
    """Rows of `target` whose column `remote` equals ours `local`."""

    target: str
    many: bool
    local: str
    remote: str


@dataclass(frozen=True)
class Record:
    """A record type. `columns`: field → column, `relations`: field → where it leads."""

    name: str
    table: str
    tag: str
    root: str
    fields: dict[str, GraphQLField]
    filters: dict[str, Any]
    relations: dict[str, Relation] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, str]:
        return {name: column_of(name) for name in self.fields if name not in self.relations}

    def selection(self, name: str) -> str:
        """The field with what is needed below it."""
        relation = self.relations.get(name)
        if relation:
            return f"{name}(first: 100) {{ totalCount nodes {{ id }} }}" if relation.many else f"{name} {{ id }}"
        below = get_named_type(self.fields[name].type)
        return f"{name} {{ {' '.join(below.fields)} }}" if isinstance(below, GraphQLObjectType) else name


def column_of(name: str) -> str:
    """The column's name in the database; an id is made of the number, and sets are parts of a text."""
    return {"databaseId": "id", "irrAsSets": "irr_as_set"}.get(name) or re.sub("(?=[A-Z])", "_", name).lower()


class Served:
    """Raises KeyError for a type or field that rights.py and the tables above don't know."""

    def __init__(self, introspection: Any) -> None:
        self.schema: GraphQLSchema = build_client_schema(introspection)

    @cached_property
    def objects(self) -> dict[str, GraphQLObjectType]:
        """Those that queries lead to; each mutation is asked in tests/graphql/mutations."""
        kinds = {n: kind for n, kind in self.schema.type_map.items() if isinstance(kind, GraphQLObjectType) and not n.startswith("__")}
        return {name: kind for name, kind in kinds.items() if kind is not self.schema.mutation_type}

    @property
    def roots(self) -> dict[str, GraphQLField]:
        fields: dict[str, GraphQLField] = self.objects["Query"].fields
        return fields

    @cached_property
    def records(self) -> dict[str, Record]:
        """By name: every type that is a Node."""
        return {name: self.record(name) for name, kind in self.objects.items() if kind.interfaces}

    def record(self, name: str) -> Record:
        table, tag, _, _ = TYPES[name]
        (root,) = (field for field, given in self.roots.items() if get_named_type(given.type).name == f"{name}Connection")
        filters: Any = self.schema.type_map[f"{name}Filter"]
        record = Record(name, table, tag, root, self.objects[name].fields, filters.fields)
        for field_name, described in record.fields.items():
            target = get_named_type(described.type).name
            if target.removesuffix("Connection") in TYPES:
                record.relations[field_name] = Relation(*TYPES[name][3][field_name])
        return record

    def rule(self, type_name: str, field_name: str) -> Scopes:
        """The scopes of which the field needs one."""
        named = f"{type_name}.{field_name}"
        if named in OWN_RULES:
            return OWN_RULES[named]
        if not self.is_ruled(type_name):
            return OPEN
        target = get_named_type(self.objects[type_name].fields[field_name].type).name.removesuffix("Connection")
        if target not in TYPES and type_name not in TYPES:
            raise KeyError(f"{named} has no rule: say here who may ask it, and ask it for every caller")
        if target in TYPES:
            return NEEDS[TYPES[target][0]] or (OPEN if type_name == "Query" else NEEDS[TYPES[type_name][0]])
        return NEEDS[TYPES[type_name][0]]

    def is_ruled(self, name: str) -> bool:
        """Whether a type has rules of its own."""
        return name not in OPEN_TYPES and not name.endswith(OPEN_ENDINGS)

    def type_of(self, named: str) -> Any:
        """Of `Type.field`."""
        type_name, _, field_name = named.partition(".")
        return self.objects[type_name].fields[field_name].type

    def texts(self, named: Any) -> dict[str, str]:
        """The stored text → the choice: PeeringDB's, as the descriptions of an enum's values tell, or of a choice of ours its own name."""
        assert isinstance(named, GraphQLEnumType)
        names: dict[str, str] = {}
        for name, value in named.values.items():
            texts = re.findall(r"'([^']*)'|\"(\")", value.description or "")
            names |= {"" if empty else text: name for text, empty in texts} or {name.lower(): name}
        return names


def is_list(kind: Any) -> bool:
    return isinstance(get_nullable_type(kind), GraphQLList)
