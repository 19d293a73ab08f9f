"""applyNetworks: how networks should be, compared with what is stored, and applied whole."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import strawberry
from graphql import GraphQLResolveInfo
from sqlalchemy.orm import Session
from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from graphql_schema.engine.context import Context
from graphql_schema.engine.node_ids import read_id
from graphql_schema.mutations.inputs import annotation_of, describe_input, dry_run_argument, idempotency_argument, plain
from graphql_schema.mutations.payloads import Hint, UserError, user_errors, user_warnings
from graphql_schema.schema.enums import describe_own
from graphql_schema.schema.fields import argument
from graphql_schema.schema.scalars import ASN
from graphql_schema.schema.scopes import needs, requires
from graphql_schema.types.contacts import Contact
from graphql_schema.types.facilities import NetworkFacility
from graphql_schema.types.field_change import FieldChange, described
from graphql_schema.types.ports import ExchangePort
from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.errors import Invalid
from portal.registry.description import RecordType
from portal.registry.rules.problem import Rejected
from portal.registry.write.declare.apply_networks import DEFAULT_MAX_DELETES, GivenNetwork, apply_networks
from portal.registry.write.declare.plan_rows import Action, PlanRow
from portal.registry.write.names import name_of
from portal.registry.write.place import find_network

SECTIONS: Mapping[str, Any] = {"ports": ExchangePort, "facilities": NetworkFacility, "contacts": Contact}
EXTRA: Mapping[str, Mapping[str, tuple[Any, str]]] = {  # what an entry can name a record by, instead of an id
    "ports": {"exchange_id": (strawberry.ID, "The exchange, as ix:26, where the address alone doesn't tell the peering LAN.")},
    "facilities": {"name": (str, "The facility's name, instead of facilityId.")},
    "contacts": {},
}
LEFT_ALONE = {"network_id"}
SCOPES = frozenset({Permission.NETWORKS_UPDATE, Permission.CONTACTS_CREATE, Permission.CONTACTS_UPDATE, Permission.CONTACTS_DELETE})
SAYS = {
    Action.CREATE: "It isn't there and will be.",
    Action.UPDATE: "Some of its fields will change.",
    Action.DELETE: "It is there and no entry names it.",
}
describe_own(Action, SAYS, "PlanAction")


def entry_input(section: str, record: Any) -> Any:
    """`ApplyExchangePortInput`: a record as it should be. What an entry leaves out stays as it is."""
    kind: RecordType = record.__record_type__
    annotations, fields = dict[str, Any](), dict[str, Any]()
    for column, editable in kind.editable.items():
        if column not in LEFT_ALONE:
            annotations[column] = annotation_of(record, kind, column, editable) | None
            fields[column] = strawberry.field(default=UNSET, description=describe_input(record, kind, column))
    for name, (annotation, description) in EXTRA[section].items():
        annotations[name], fields[name] = annotation | None, strawberry.field(default=UNSET, description=description)
    cls = type(f"Apply{record.__name__}Input", (), {"__annotations__": annotations, "__module__": __name__, **fields})
    return strawberry.input(cls, description="A record as it should be; what is left out of one that is there stays as it is.")


def network_input() -> type:
    annotations: dict[str, Any] = {"id": strawberry.ID | None, "asn": ASN | None}
    texts = {"id": "As net:20 or 20.", "asn": "Its autonomous system number, instead of the id."}
    for section, record in SECTIONS.items():
        annotations[section] = list.__class_getitem__(entry_input(section, record)) | None
        texts[section] = f"All its {section}: others are deleted. Leave it out to leave them alone."
    fields = {name: strawberry.field(default=UNSET, description=text) for name, text in texts.items()}
    cls = type("ApplyNetworkInput", (), {"__annotations__": annotations, "__module__": __name__, **fields})
    return strawberry.input(cls, description="How one network should be.")


@strawberry.type(description="What becomes of one record. Needs no scope.")
class PlannedChange:
    """A row of the plan."""

    action: Action = strawberry.field(description="CREATE, UPDATE or DELETE. Needs no scope.")
    type: str = strawberry.field(description="The record's type, as ExchangePort. Needs no scope.")
    id: strawberry.ID | None = strawberry.field(description="Its id; null for a new one in a dry run. Needs no scope.")
    name: str = strawberry.field(description="What people call it, as its address. Needs no scope.")
    asn: ASN = strawberry.field(description="The network's ASN. Needs no scope.")
    path: list[str] = strawberry.field(description="The part of the input that says so. Needs no scope.")
    fields: list[FieldChange] = strawberry.field(description="What changes in it. Needs no scope.")


@strawberry.type(description="The plan, and whether it was applied. Needs no scope.")
class ApplyNetworksPayload:
    """Business errors leave everything as it was."""

    applied: bool = strawberry.field(description="Whether the plan was applied: false in a dry run and with errors. Needs no scope.")
    plan: list[PlannedChange] = strawberry.field(description="What differs from the declaration; empty where nothing does. Needs no scope.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was done; empty where it was. Needs no scope.")
    user_warnings: list[Hint] = strawberry.field(description="What to look at. Needs no scope.")


def resolve(_source: Any, info: GraphQLResolveInfo[Context], **given: Any) -> ApplyNetworksPayload:
    transaction = info.context.act
    try:
        networks = [read_network(transaction.session, info.context.principal, entry, place) for place, entry in enumerate(given["input"])]
        limit, key = read_limit(given.get("maxDeletes")), given.get("idempotencyKey")
        plan = apply_networks(transaction.session, info.context.principal, networks, limit, key)
    except Rejected as rejected:
        transaction.rolled_back = True
        return ApplyNetworksPayload(applied=False, plan=[], user_errors=user_errors(rejected.problems), user_warnings=[])
    dry_run = transaction.rolled_back = bool(given.get("dryRun"))
    changes = [planned_change(row, dry_run=dry_run) for row in plan.rows]
    return ApplyNetworksPayload(applied=not dry_run, plan=changes, user_errors=[], user_warnings=user_warnings(plan.warnings))


def read_limit(given: int | None) -> int:
    if given is None:
        return DEFAULT_MAX_DELETES
    if given < 0:
        raise Invalid("This can't be less than 0.", "maxDeletes")
    return given


def read_network(session: Session, principal: Principal, entry: Mapping[str, Any], place: int) -> GivenNetwork:
    """Raises Invalid for none or both of id and asn, and NotFound."""
    names = [name for name in ("id", "asn") if entry.get(name) is not None]
    if len(names) != 1:
        raise Invalid("Give exactly one of id and asn.", f"input[{place}].id")
    sections = {name: read_entries(name, entry[name], place) for name in SECTIONS if entry.get(name) is not None}
    if names[0] == "id":
        number = read_id("net", entry["id"], f"input[{place}].id")
        return GivenNetwork(number, f"net:{number}", sections, (str(place),))
    return GivenNetwork(find_network(session, principal, entry["asn"]), f"AS{entry['asn']}", sections, (str(place),))


def read_entries(section: str, entries: Sequence[Mapping[str, Any]], place: int) -> list[dict[str, Any]]:
    kind: RecordType = SECTIONS[section].__record_type__
    names = {to_camel_case(column): column for column in kind.editable}
    rows = []
    for number, entry in enumerate(entries):
        row = {names[name]: plain(kind, names[name], value) for name, value in entry.items() if name in names}
        if entry.get("exchangeId") is not None:
            row["exchange_id"] = read_id("ix", entry["exchangeId"], f"input[{place}].{section}[{number}].exchangeId")
        if "name" in EXTRA[section] and entry.get("name") is not None:
            row["name"] = entry["name"]
        rows.append(row)
    return rows


def planned_change(row: PlanRow, *, dry_run: bool) -> PlannedChange:
    is_new = row.action is Action.CREATE
    fields = [
        FieldChange(**described(column, row.before.get(column), value)) for column, value in row.values.items() if column not in LEFT_ALONE
    ]
    identity = None if is_new and dry_run else strawberry.ID(f"{row.kind.tag}:{row.row.id}")
    return PlannedChange(
        action=cast(Action, row.action.value),  # graphql-core looks a choice up by its value
        type=row.kind.model.__name__,
        id=identity,
        name=name_of(row.kind, row.row),
        asn=row.network.asn,
        path=["input", *row.path],
        fields=fields,
    )


def apply_field() -> Any:
    text = (
        "Makes networks as they are declared: the difference is a plan, which is applied whole or not at all. A port is named by its "
        f"address, a presence by its facility, a contact by its role and e-mail address. {needs(SCOPES)}"
    )
    field = strawberry.field(description=text, directives=requires(SCOPES), metadata={"rows": resolve})
    field.arguments = [
        argument("input", list.__class_getitem__(network_input()), "The networks, with at most 2,000 records in all."),
        argument("max_deletes", int | None, "How many records the plan may delete, all networks together.", DEFAULT_MAX_DELETES),
        dry_run_argument(),
        idempotency_argument(),
    ]
    return field
