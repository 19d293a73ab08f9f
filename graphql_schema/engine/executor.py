"""graphql-core's executor, which takes the short way where a resolver returned rows."""

from typing import Any

from graphql import GraphQLNonNull, GraphQLObjectType, GraphQLOutputType, GraphQLResolveInfo
from graphql.execution import Executor
from graphql.pyutils import Path

from graphql_schema.engine.computed import Finder
from graphql_schema.engine.plan.levels import Page
from graphql_schema.engine.plan.plan import COMPUTED, Plan
from graphql_schema.engine.rows import Rows, Several
from graphql_schema.engine.run.computed_run import run_computed
from graphql_schema.engine.run.run import Run
from graphql_schema.engine.transaction import Transaction

ROW_RESULTS = {Finder, Rows, Several}


class RowsExecutor(Executor[None]):
    """Needs its plan and run before execute_operation()."""

    plan: Plan
    run: Run

    def execute_field(
        self, parent_type: GraphQLObjectType, source: Any, field_details_list: Any, path: Path, position_context: None
    ) -> Any:
        """Runs a mutation's root field in a transaction of its own."""
        if parent_type is not self.schema.mutation_type:
            return super().execute_field(parent_type, source, field_details_list, path, position_context)
        with self.context_value.in_transaction():
            return super().execute_field(parent_type, source, field_details_list, path, position_context)

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: Any,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: None,
    ) -> Any:
        if info.parent_type is self.schema.mutation_type:
            errors = len(self.collected_errors.errors)
            completed = super().complete_value(return_type, field_details_list, info, path, result, position_context)
            transaction: Transaction = self.context_value.act
            transaction.rolled_back |= len(self.collected_errors.errors) > errors  # an answer with holes is none
            transaction.end()
            return completed
        if type(result) in ROW_RESULTS:
            self.run.print_rows(0)  # after one field was too much the others aren't read
        if type(result) is Finder:
            return run_computed(self.run, self.plan.at[tuple(str(key) for key in path.as_list()), COMPUTED])
        if type(result) is Several:
            at = tuple(str(key) for key in path.as_list())
            return self.run.several({tag: self.plan.at[at, tag] for tag, _ in result.ids if (at, tag) in self.plan.at}, result)
        if type(result) is not Rows:
            return super().complete_value(return_type, field_details_list, info, path, result, position_context)
        level = self.plan.at[tuple(str(key) for key in path.as_list()), result.tag]
        completed = self.run.page(level) if isinstance(level, Page) else self.run.one(level, result)
        if completed is None and isinstance(return_type, GraphQLNonNull):
            raise LookupError(f"{info.parent_type}.{info.field_name} has no row")
        return completed
