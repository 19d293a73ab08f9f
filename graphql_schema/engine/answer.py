"""The way in: a request becomes an answer. Everything that can be refused is refused before a row is read."""

from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from graphql import GraphQLError, OperationType

from graphql_schema.engine.act_limits import ROWS_PER_ACT, count_acts, missing_grants
from graphql_schema.engine.arguments import look_up, read_arguments
from graphql_schema.engine.context import Context
from graphql_schema.engine.cost.estimate import sum_up
from graphql_schema.engine.documents.cache_size import BYTES_PER_CHARACTER, CACHE_SIZE
from graphql_schema.engine.documents.document import Document, read_document
from graphql_schema.engine.documents.hints import helpful
from graphql_schema.engine.errors import INPUT, forbidden, from_portal, shown
from graphql_schema.engine.executor import RowsExecutor
from graphql_schema.engine.plan.operation_plan import make_plan
from graphql_schema.engine.plan.plan import Missing, Plan
from graphql_schema.engine.run.run import Run
from graphql_schema.engine.schema_index import SchemaIndex
from portal.access.permissions import least
from portal.errors import PortalError, Unavailable

MAX_PLANS_PER_DOCUMENT = 32
MAX_TRUNCATED_PATHS = 50


@dataclass(frozen=True)
class GraphQLRequest:
    """What a client sent."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None


@dataclass
class Answer:
    """`data` is absent from the body where `refused`; `denied`: a scope is missing; `rows`: what it cost, a row for each row read."""

    errors: list[dict[str, Any]]
    data: dict[str, Any] | None = None
    refused: bool = False
    denied: bool = False
    rows: int = 0
    extensions: dict[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"errors": self.errors} if self.errors else {}
        if not self.refused:
            body["data"] = self.data
        return body | {"extensions": self.extensions} if self.extensions else body

    @property
    def codes(self) -> set[str]:
        return {error["extensions"]["code"] for error in self.errors}

    @property
    def scopes(self) -> list[str]:
        """The scopes that a denied request lacks."""
        return sorted({scope for error in self.errors for scope in error["extensions"].get("requiredScopes", ())})

    @property
    def lacks(self) -> list[str]:
        """The least of them that would do."""
        return sorted({least(error["extensions"]["requiredScopes"]) for error in self.errors} if self.denied else ())


class NotAQuery(Exception):
    """Raised for a mutation where only queries are allowed."""


def execute(index: SchemaIndex, request: GraphQLRequest, context: Context, *, only_queries: bool = False) -> Answer:
    """Raises NotAQuery for another operation if `only_queries`, Limited if the budget can't pay for it, and Unavailable."""
    document = read_document(index, request.query)
    context.operation = document.operation_name(request.operation_name)
    operation = document.operation(request.operation_name)
    if only_queries and operation and operation.operation is not OperationType.QUERY:
        raise NotAQuery
    if document.errors:
        return refused(document.errors, context)
    executor = RowsExecutor.build(
        index.schema,
        document.tree,
        context_value=context,
        raw_variable_values=dict(request.variables),
        operation_name=request.operation_name,
        max_coercion_errors=5,
        is_awaitable=never,
    )
    if isinstance(executor, list):
        return refused([wrong_variable(index, error) for error in executor], context)
    return run(index, document, executor, context)  # type: ignore[arg-type]  # build() makes its own class


def wrong_variable(index: SchemaIndex, error: GraphQLError) -> GraphQLError:
    return GraphQLError(helpful(index.schema, error.message), error.nodes, extensions={"code": INPUT})


def run(index: SchemaIndex, document: Document, executor: RowsExecutor, context: Context) -> Answer:
    missing: Missing = {}
    try:
        plan = plan_of(index, document, executor, context)
        missing |= missing_grants(index, plan, context.principal)
        missing |= plan.missing
        arguments = read_arguments(index, executor, plan.pages, missing)
        if missing:
            return denied(missing, context)
        look_up(context, plan.pages, arguments)
        cost = sum_up(plan, executor, arguments, context)
        cost.scanned += ROWS_PER_ACT * count_acts(plan)
    except GraphQLError as error:
        return denied(missing, context) if missing else refused([error], context)
    except Unavailable:
        raise
    except PortalError as error:
        return refused([from_portal(error)], context)
    looked_up = context.reader.touched
    context.expected = cost.points
    context.charge.pay(cost.points)
    executor.plan, executor.run = plan, Run(context, arguments)
    result: Any = executor.execute_operation()
    if not context.acts_kept:
        raise_unavailable(result.errors or ())
    rows = looked_up + executor.run.touched + int(cost.scanned + executor.run.scanned)
    extensions = {"truncated": sorted(executor.run.truncated)[:MAX_TRUNCATED_PATHS]} if executor.run.truncated else {}
    return Answer([shown(error, context) for error in result.errors or ()], result.data, rows=rows, extensions=extensions)


def raise_unavailable(errors: Iterable[GraphQLError]) -> None:
    """Raises Unavailable where a part couldn't be read for it: the answer is none, and not one with holes.

    Of a document whose first mutations were done before, the caller has to learn which: then the errors name those that weren't.
    """
    for error in errors:
        if isinstance(error.original_error, Unavailable):
            raise error.original_error


def plan_of(index: SchemaIndex, document: Document, executor: RowsExecutor, context: Context) -> Plan:
    """Returns the plan, cached in the document: it depends on the visibility, and on the variables in @skip and @include."""
    coerced = executor.variable_values.coerced
    name = executor.operation.name
    key = (name and name.value, context.visibility, tuple(coerced.get(switch) for switch in sorted(document.switches)))
    plan: Plan | None = document.plans.get(key)
    if plan is None:
        if len(document.plans) >= MAX_PLANS_PER_DOCUMENT:
            document.plans.clear()
        plan = document.plans[key] = make_plan(index, executor, context.visibility)
        CACHE_SIZE.add(BYTES_PER_CHARACTER * document.characters)
    return plan


def refused(errors: list[GraphQLError], context: Context) -> Answer:
    """What was looked up before is paid for."""
    return Answer([shown(error, context) for error in errors], refused=True, rows=context.reader.touched)


def denied(missing: Missing, context: Context) -> Answer:
    return Answer([shown(error, context) for error in forbidden(context, missing)], refused=True, denied=True)


def never(_: Any) -> TypeGuard[Awaitable[Any]]:
    """Nothing in this schema is awaitable."""
    return False
