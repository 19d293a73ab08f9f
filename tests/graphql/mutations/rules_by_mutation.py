"""Mutation → the type and the act that it runs, as pages call it: without a request."""

from graphql_schema.mutations.acts import Act
from graphql_schema.mutations.mutation import VERBS, confirm, keep
from portal.registry.description import RecordType
from portal.registry.networks import NETWORK
from portal.registry.types import TYPES

RULES_BY_MUTATION: dict[str, tuple[RecordType, Act]] = {"keepHere": (NETWORK, keep), "confirmRecord": (NETWORK, confirm)}
RULES_BY_MUTATION |= {f"{verb}{kind.model.__name__}": (kind, act) for verb, act in VERBS.items() for kind in TYPES.values()}
