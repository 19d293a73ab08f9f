"""Mutation, the root type: for each noun create, update and delete, and what keeps a record here."""

from collections.abc import Mapping
from typing import Any

import strawberry
from graphql import GraphQLResolveInfo
from strawberry.utils.str_converters import to_snake_case

from graphql_schema.engine.context import Context
from graphql_schema.engine.node_ids import read_node_id
from graphql_schema.mutations import acts
from graphql_schema.mutations.declare import apply_field
from graphql_schema.mutations.inputs import dry_run_argument, idempotency_argument, identity_fields, input_for
from graphql_schema.mutations.payloads import payload_for
from graphql_schema.mutations.plan_payload import ApplyNetworksPayload
from graphql_schema.schema.fields import argument
from graphql_schema.schema.scopes import needs, requires
from graphql_schema.types.campuses import Campus
from graphql_schema.types.carriers import Carrier, CarrierFacility
from graphql_schema.types.contacts import Contact
from graphql_schema.types.exchanges import Exchange, PeeringLan, Prefix
from graphql_schema.types.facilities import ExchangeFacility, Facility, NetworkFacility
from graphql_schema.types.networks import Network
from graphql_schema.types.organizations import Organization
from graphql_schema.types.ports import ExchangePort
from portal.access.permissions import GRANTABLE, Permission
from portal.access.principal import Principal
from portal.registry.description import RecordType
from portal.registry.organizations import ORGANIZATION
from portal.registry.types import TYPES
from portal.registry.write.act import Written
from portal.registry.write.authority.follow_import import follow_import
from portal.registry.write.consent.confirm_record import confirm_record
from portal.registry.write.keep_here import keep_here
from portal.registry.write.place import permission_for

VERBS: Mapping[str, acts.Act] = {"create": acts.create, "update": acts.update, "delete": acts.delete, "approve": acts.approve}
NOUNS: Mapping[Any, tuple[str, ...]] = {
    Organization: ("update",),
    Network: ("create", "update", "delete"),
    Contact: ("create", "update", "delete"),
    ExchangePort: ("create", "update", "delete"),
    NetworkFacility: ("create", "update", "delete"),
    Exchange: ("create", "update", "delete"),
    PeeringLan: ("create", "update", "delete"),
    Prefix: ("create", "update", "delete"),
    ExchangeFacility: ("create", "delete"),  # it has nothing to edit
    Facility: ("create", "update", "delete"),
    Carrier: ("create", "update", "delete"),
    CarrierFacility: ("create", "delete", "approve"),
    Campus: ("create", "update", "delete"),
}
UPDATES = frozenset(permission for permission in GRANTABLE if permission.action == "update")
SAYS = {"create": "Creates", "update": "Updates", "delete": "Deletes"}
OTHER_SIDE: Mapping[tuple[Any, str], tuple[frozenset[Permission], str]] = {  # acts of who has the other end of a record
    (ExchangePort, "update"): (
        frozenset({Permission.NETWORKS_UPDATE, Permission.EXCHANGES_UPDATE}),
        "Updates a port that your organization's network keeps here; of a port at your exchange `operational` can be set to false, and "
        "nothing else. PeeringDB: netixlan.",
    ),
    (CarrierFacility, "approve"): (
        frozenset({Permission.FACILITIES_UPDATE}),
        "Admits a carrier to your organization's facility: its presence there was pending. PeeringDB: carrierfac.",
    ),
}


def mutation(
    name: str, kind: RecordType, payload: Any, act: acts.Act, input_type: type, description: str, scopes: frozenset[Permission]
) -> Any:
    """A root field that runs an act in a transaction of its own."""

    def resolve(
        _source: Any,
        info: GraphQLResolveInfo[Context],
        input: acts.Given,  # noqa: A002 - the argument's name
        dryRun: bool | None = False,  # noqa: N803 - the argument's name
        idempotencyKey: str | None = None,  # noqa: N803 - the argument's name
    ) -> Any:
        of_kind = TYPES[read_node_id(input["id"], "input.id")[0]] if act in NODE_ACTS else kind
        once = act if idempotencyKey is None else acts.create_under(idempotencyKey)
        return acts.run_act(info.context, of_kind, payload, once, input, dry_run=bool(dryRun))

    text = f"{description} {needs(scopes)}"
    field = strawberry.field(description=text, directives=requires(scopes), metadata={"rows": resolve})
    field.arguments = [argument("input", input_type, "What to do it to, and with."), dry_run_argument()]
    if act is acts.create:
        field.arguments.append(idempotency_argument())
    return field


def verb_noun(record: Any, verb: str) -> tuple[str, Any, Any]:
    """Returns name, annotation and field, as of `updateNetwork`."""
    kind: RecordType = record.__record_type__
    noun, name = kind.table.name, f"{verb}_{kind.table.name}"
    payload = payload_for(f"{verb.capitalize()}{record.__name__}Payload", kind, noun)
    given = identity_input(record, verb) if verb in {"delete", "approve"} else input_for(record, verb)
    scopes, description = OTHER_SIDE.get((record, verb)) or own_side(record, kind, verb)
    return name, payload | None, mutation(name, kind, payload, VERBS[verb], given, description, scopes)


def own_side(record: Any, kind: RecordType, verb: str) -> tuple[frozenset[Permission], str]:
    text = f"{SAYS[verb]} one record of type {record.__name__} that your organization keeps here. PeeringDB: {kind.tag}."
    return frozenset({permission_for(kind, verb)}), text


def identity_input(record: Any, verb: str) -> type:
    """`DeleteContactInput`: which record, and of which version."""
    fields = {name: (annotation, text) for name, annotation, text in identity_fields(record.__record_type__)}
    annotations = {name: annotation for name, (annotation, _) in fields.items()}
    parts = {name: strawberry.field(default=strawberry.UNSET, description=text) for name, (_, text) in fields.items()}
    cls = type(f"{verb.capitalize()}{record.__name__}Input", (), {"__annotations__": annotations, "__module__": __name__, **parts})
    return strawberry.input(cls, description="Which record.")


def keep(session: Any, principal: Principal, kind: RecordType, given: acts.Given) -> Written:
    return keep_here(session, principal, kind, read_node_id(given["id"], "input.id")[1])


def follow(session: Any, principal: Principal, kind: RecordType, given: acts.Given) -> Written:
    return follow_import(session, principal, kind, read_node_id(given["id"], "input.id")[1])


def confirm(session: Any, principal: Principal, kind: RecordType, given: acts.Given) -> Written:
    return confirm_record(session, principal, kind, read_node_id(given["id"], "input.id")[1])


NODE_ACTS: Mapping[acts.Act, tuple[str, str]] = {  # on an id of any type: what it is called, and what it does
    keep: (
        "keepHere",
        "Keeps a record here that follows the import, with its children: from now on it can be changed, and an import leaves it alone.",
    ),
    follow: (
        "followImport",
        "Gives a record back to the import, with what the newest import says of it: `changes` are what goes and what is overwritten, so "
        "try it with `dryRun` first. A record that was created here can't follow.",
    ),
    confirm: (
        "confirmRecord",
        "Says that a record is still true: `confirmedAt` becomes now, and `version` stays. It may follow the import.",
    ),
}


def node_act(act: acts.Act) -> tuple[str, Any, Any]:
    """Returns name, annotation and field, as of `keepHere`."""
    name, description = NODE_ACTS[act]
    title = name[0].upper() + name[1:]
    payload = payload_for(f"{title}Payload", None, "record")
    identity = strawberry.field(description="As net:20: an organization, a network, an exchange, a facility, a carrier or a campus.")
    cls = type(f"{title}Input", (), {"__annotations__": {"id": strawberry.ID}, "__module__": __name__, "id": identity})
    given = strawberry.input(cls, description="Which record.")
    return to_snake_case(name), payload | None, mutation(name, ORGANIZATION, payload, act, given, description, UPDATES)


def make_mutation() -> type:
    parts = [verb_noun(record, verb) for record, verbs in NOUNS.items() for verb in verbs]
    parts += [node_act(act) for act in NODE_ACTS]
    parts.append(("apply_networks", ApplyNetworksPayload | None, apply_field()))
    annotations = {name: annotation for name, annotation, _ in parts}
    cls = type("Mutation", (), {"__annotations__": annotations, "__module__": __name__, **{name: field for name, _, field in parts}})
    return strawberry.type(cls, description="The root of every mutation. Each field is done whole or not at all, in the order they are in.")


Mutation = make_mutation()
