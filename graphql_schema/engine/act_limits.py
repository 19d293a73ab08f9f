"""What a document with mutations may do: as many as fit one request, and those alone that its caller was granted."""

from graphql import GraphQLError

from graphql_schema.engine.errors import VALIDATION
from graphql_schema.engine.plan.plan import Missing, Plan
from graphql_schema.engine.schema_index import SchemaIndex
from portal.access.principal import Kind, Principal

MAX_ACTS = 10
ROWS_PER_ACT = 100  # that one costs as much as, beside what it answers


def count_acts(plan: Plan) -> int:
    return sum(name.startswith("Mutation.") for name, _ in plan.granted)


def missing_grants(index: SchemaIndex, plan: Plan, principal: Principal) -> Missing:
    """Returns the fields that a key wasn't granted, and for anonymous callers all of them. What a person may is asked where it runs.

    Raises GraphQLError for too many acts.
    """
    acts = count_acts(plan)
    if acts > MAX_ACTS:
        raise GraphQLError(f"The document has {acts} mutations; {MAX_ACTS} is the maximum.", extensions={"code": VALIDATION})
    if principal.kind not in {Kind.KEY, Kind.ANONYMOUS}:
        return {}
    return {name: (index.granted[name], node) for name, node in plan.granted if index.granted[name].isdisjoint(principal.grants)}
