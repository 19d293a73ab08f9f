"""Documents, parsed and validated once and kept by their text, with the plans that were made of them."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.validation import recommended_rules

from graphql_schema.engine.cache_size import PER_LETTER, WEIGHT
from graphql_schema.engine.document_limits import check_size
from graphql_schema.engine.errors import PARSE, VALIDATION, coded
from graphql_schema.engine.schema_index import KnownSchema

MOST_TOKENS = 4000
MOST_ERRORS = 5
LONGEST_KEPT = 8 * 1024  # a document of 4,000 tokens is a tree of 1.5 MB
RULES = (*specified_rules, *recommended_rules)
SCHEMA = "The schema is at /graphql/schema.graphql."
PYTHONS_LIMIT, LONG_NUMBER = "set_int_max_str_digits", "A number has too many digits."
NOTHING = DocumentNode(definitions=())
# What changes without a new version of the registry: an import that changed no row is a status of the data too.
FLEETING = {"viewer", "rateLimit", "dataStatus"}


@dataclass
class Document:
    """`switches`: the variables that @skip and @include ask, as plans depend on them. `fleeting`: its answers can't be revalidated.

    A document with errors is kept too, never run.
    """

    tree: DocumentNode
    errors: list[GraphQLError] = field(default_factory=list)
    switches: frozenset[str] = frozenset()
    fleeting: bool = False
    plans: dict[Any, Any] = field(default_factory=dict)

    @property
    def letters(self) -> int:
        """How long its text is."""
        return self.tree.loc.end if self.tree.loc else 0

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation of this name, or the only one."""
        operations = [node for node in self.tree.definitions if isinstance(node, OperationDefinitionNode)]
        if name is None:
            return operations[0] if len(operations) == 1 else None
        return next((node for node in operations if node.name and node.name.value == name), None)

    def called(self, name: str | None) -> str:
        """What the operation of this name, or the only one, is called; "" without a name, and where there is none."""
        operation = self.operation(name)
        return operation.name.value if operation and operation.name else ""


def read_document(known: KnownSchema, text: str) -> Document:
    if WEIGHT.too_much:
        WEIGHT.kept = 0
        kept.cache_clear()
    return (kept if len(text) <= LONGEST_KEPT else read)(Asked(known, text))


@dataclass(frozen=True)
class Asked:
    """A document's text; equal by text, as there is one schema."""

    known: KnownSchema = field(compare=False)
    text: str


def read(asked: Asked) -> Document:
    WEIGHT.add(PER_LETTER * len(asked.text))
    try:
        tree = parse(asked.text, max_tokens=MOST_TOKENS)
    except GraphQLError as error:
        return Document(NOTHING, [coded(error, PARSE)])
    except RecursionError:
        return Document(NOTHING, [GraphQLError("The document is nested too deeply.", extensions={"code": PARSE})])
    try:
        check_size(tree)
    except GraphQLError as error:
        return Document(NOTHING, [error])
    errors = validate(asked.known.schema, tree, RULES, max_errors=MOST_ERRORS, hide_suggestions=True)
    if errors:
        return Document(tree, [explained(error) for error in errors[:MOST_ERRORS]])
    switches, fields = find_names(tree)
    return Document(tree, switches=switches, fleeting=not FLEETING.isdisjoint(fields))


kept = lru_cache(maxsize=500)(read)


def explained(error: GraphQLError) -> GraphQLError:
    """With the way to the schema, and without the exception of a scalar that refused a literal, which isn't a failure of ours."""
    message = LONG_NUMBER if PYTHONS_LIMIT in error.message else error.message
    return GraphQLError(f"{message} {SCHEMA}", error.nodes, extensions={"code": VALIDATION})


def find_names(tree: DocumentNode) -> tuple[frozenset[str], frozenset[str]]:
    """The variables used in directives, and the names of all fields."""
    switches: set[str] = set()
    fields: set[str] = set()

    class Names(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
            switches.update(argument.value.name.value for argument in node.arguments or () if isinstance(argument.value, VariableNode))

        def enter_field(self, node: FieldNode, *_: Any) -> None:
            fields.add(node.name.value)

    visit(tree, Names())
    return frozenset(switches), frozenset(fields)
