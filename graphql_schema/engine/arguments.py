"""first, after, where and orderBy of every page of a plan, read before anything runs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLError, get_named_type
from graphql.execution import Executor, get_argument_values

from graphql_schema.engine.context import Context
from graphql_schema.engine.errors import ScopeMissing, from_portal
from graphql_schema.engine.filter_input import missing_scopes, translate
from graphql_schema.engine.page_size import DEFAULT_PAGE_SIZE, read_first
from graphql_schema.engine.plan.computed_levels import Computed
from graphql_schema.engine.plan.levels import Page
from graphql_schema.engine.plan.plan import Missing
from graphql_schema.engine.schema_index import SchemaIndex
from portal.access.visibility import Visibility
from portal.errors import Invalid, NotFound, PortalError, inside
from portal.registry.description import RecordType
from portal.registry.read.filters import Where, read_where
from portal.registry.read.paging import BY_CHANGE, BY_ID, After, Order, read_change_cursor, read_cursor, read_order

UNDERSCORE = re.compile("_([a-z])")
# By a filter's name and the id of its value, which is kept so long: the value of a variable is one, in however many lists it stands.
Wheres = dict[tuple[str, int], tuple[Any, Where]]


@dataclass(frozen=True)
class PageArguments:
    """The arguments of one page. `since`: only what changed after this cursor, "" for all, in this `epoch`; `deleted`: deleted rows too."""

    first: int
    after: After
    where: Where
    values: Mapping[str, Any]
    order: Order = BY_ID
    since: str | None = None
    epoch: int | None = None
    deleted: bool = False


DEFAULTS = PageArguments(DEFAULT_PAGE_SIZE, After(), Where(), {})


def read_arguments(index: SchemaIndex, executor: Executor[Any], pages: Sequence[Page | Computed], missing: Missing) -> list[Any]:
    """Returns them by the pages' numbers; scopes that filters lack are put into `missing`, which leaves the list of no use.

    Raises GraphQLError with the path of the page whose arguments are wrong.
    """
    wheres: Wheres = {}
    return [read_page_arguments(index, executor, page, missing, wheres) if page.node.arguments else DEFAULTS for page in pages]


def read_page_arguments(index: SchemaIndex, executor: Executor[Any], page: Page | Computed, missing: Missing, wheres: Wheres) -> Any:
    given = get_argument_values(page.definition, page.node, executor.variable_values, hide_suggestions=True)
    visibility: Visibility = executor.context_value.visibility
    try:
        if isinstance(page, Computed):
            with schema_names():
                return page.finder.read(given, Filters(index, visibility, page.node, missing))
        kind = page.level.kind
        first, order, after = read_first(given.get("first"), page.max_rows), *read_place(kind, given, executor.context_value)
        since = given.get("changedSince")
        epoch = None if since is None else executor.context_value.epoch
        deleted = since is not None or bool(given.get("includeDeleted"))
        where = Where()
        if given.get("where") is not None:
            filter_name = get_named_type(page.definition.args["where"].type).name
            place = (filter_name, id(given["where"]))
            if place not in wheres:
                for field, scopes in missing_scopes(index, visibility.scopes, filter_name, given["where"]):
                    missing.setdefault(field, (scopes, page.node))
                with schema_names(), inside("where"):
                    wheres[place] = given["where"], read_where(kind, translate(index, filter_name, given["where"]))
            where = wheres[place][1]
        return PageArguments(first, after, where, {**after.values, **where.values}, order, since, epoch, deleted)
    except PortalError as error:
        raise from_portal(error, [page.node], list(page.path)) from None
    except ScopeMissing as error:
        missing.setdefault(error.field, (error.scopes, page.node))
    except RecursionError:
        raise GraphQLError("where is nested too deeply.", page.node, extensions={"code": Invalid.code}) from None


@contextmanager
def schema_names() -> Iterator[None]:
    """Gives the path of an Invalid the schema's names, instead of the columns'."""
    try:
        yield
    except Invalid as error:
        error.field = UNDERSCORE.sub(lambda match: match[1].upper(), error.field or "")
        raise


@dataclass
class Filters:
    """Reads the filters among a computed field's arguments. `missing`: where the scopes that they lack are put."""

    index: SchemaIndex
    visibility: Visibility
    node: FieldNode
    missing: Missing

    def read(self, filter_name: str, where: Mapping[str, Any], path: str) -> dict[str, Any]:
        for field, scopes in missing_scopes(self.index, self.visibility.scopes, filter_name, where):
            self.missing.setdefault(field, (scopes, self.node))
        with inside(path):
            return translate(self.index, filter_name, where)


def look_up(context: Context, pages: Sequence[Page | Computed], arguments: list[Any]) -> None:
    """Completes the arguments by what they name in the registry. Raises GraphQLError, with the path, for what isn't there."""
    for page in pages:
        if isinstance(page, Computed) and page.finder.look_up:
            try:
                arguments[page.number] = page.finder.look_up(context.reader, arguments[page.number])
            except NotFound as error:
                raise from_portal(error, [page.node], list(page.path)) from None


def read_place(kind: RecordType, given: Mapping[str, Any], context: Context) -> tuple[Order, After]:
    """Returns the order, and where the page begins in it."""
    keys, after, since = given.get("orderBy"), given.get("after"), given.get("changedSince")
    if since is None:
        order = read_order(kind, [(key["field"], key["direction"] == "DESC") for key in keys]) if keys else BY_ID
        return order, read_cursor(kind, order, after)
    if keys or after is not None:
        raise Invalid(
            "changedSince has an order of its own: leave out orderBy and after. endCursor is the next changedSince.", "changedSince"
        )
    return BY_CHANGE, read_change_cursor(kind, since, context.epoch)
