"""Documents, parsed and validated once and cached by their text, with the plans that were made of them."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.validation import recommended_rules

from graphql_schema.engine.documents.cache_size import BYTES_PER_CHARACTER, CACHE_SIZE
from graphql_schema.engine.documents.document_limits import check_size
from graphql_schema.engine.documents.hints import helpful
from graphql_schema.engine.errors import PARSE, VALIDATION, coded
from graphql_schema.engine.schema_index import SchemaIndex

MAX_TOKENS = 4000
MAX_ERRORS = 5
MAX_CACHED_CHARACTERS = 8 * 1024  # a document of 4,000 tokens is a tree of 1.5 MB
RULES = (*specified_rules, *recommended_rules)
SCHEMA_HINT = "The schema is at /graphql/schema.graphql."
PYTHONS_LIMIT, LONG_NUMBER = "set_int_max_str_digits", "A number has too many digits."
EMPTY_DOCUMENT = DocumentNode(definitions=())
# What changes without a new version of the registry: an import that changed no row is a status of the data too.
FLEETING_FIELDS = {"viewer", "rateLimit", "dataStatus", "history", "importDifferences"}


@dataclass
class Document:
    """`switches`: the variables in @skip and @include, because plans depend on them. `fleeting`: its answers can't be revalidated.

    A document with errors is cached too, never run.
    """

    tree: DocumentNode
    errors: list[GraphQLError] = field(default_factory=list)
    switches: frozenset[str] = frozenset()
    fleeting: bool = False
    plans: dict[Any, Any] = field(default_factory=dict)

    @property
    def characters(self) -> int:
        """How long its text is."""
        return self.tree.loc.end if self.tree.loc else 0

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """Returns the operation of this name, or the only one."""
        operations = [node for node in self.tree.definitions if isinstance(node, OperationDefinitionNode)]
        if name is None:
            return operations[0] if len(operations) == 1 else None
        return next((node for node in operations if node.name and node.name.value == name), None)

    def operation_name(self, name: str | None) -> str:
        """Returns the name of the operation of this name, or of the only one; "" where it has none, and where there is none."""
        operation = self.operation(name)
        return operation.name.value if operation and operation.name else ""


@dataclass(frozen=True)
class DocumentText:
    """What a document is cached by; equal by text, because there is one schema."""

    index: SchemaIndex = field(compare=False)
    text: str


def read_document(index: SchemaIndex, text: str) -> Document:
    if CACHE_SIZE.is_exceeded:
        CACHE_SIZE.used_bytes = 0
        cached_document.cache_clear()
    return (cached_document if len(text) <= MAX_CACHED_CHARACTERS else parse_document)(DocumentText(index, text))


def parse_document(source: DocumentText) -> Document:
    CACHE_SIZE.add(BYTES_PER_CHARACTER * len(source.text))
    try:
        tree = parse(source.text, max_tokens=MAX_TOKENS)
    except GraphQLError as error:
        return Document(EMPTY_DOCUMENT, [coded(error, PARSE)])
    except RecursionError:
        return Document(EMPTY_DOCUMENT, [GraphQLError("The document is nested too deeply.", extensions={"code": PARSE})])
    try:
        check_size(tree)
    except GraphQLError as error:
        return Document(EMPTY_DOCUMENT, [error])
    errors = validate(source.index.schema, tree, RULES, max_errors=MAX_ERRORS)
    if errors:
        return Document(tree, [explained(source.index.schema, error) for error in errors[:MAX_ERRORS]])
    switches, fields = find_names(tree)
    return Document(tree, switches=switches, fleeting=not FLEETING_FIELDS.isdisjoint(fields))


cached_document = lru_cache(maxsize=500)(parse_document)


def explained(schema: GraphQLSchema, error: GraphQLError) -> GraphQLError:
    """Adds what was probably meant and the way to the schema.

    Drops the exception of a scalar that refused a literal, which isn't a failure of ours.
    """
    message = LONG_NUMBER if PYTHONS_LIMIT in error.message else helpful(schema, error.message)
    return GraphQLError(f"{message} {SCHEMA_HINT}", error.nodes, extensions={"code": VALIDATION})


def find_names(tree: DocumentNode) -> tuple[frozenset[str], frozenset[str]]:
    """Returns the variables used in directives, and the names of all fields."""
    switches: set[str] = set()
    fields: set[str] = set()

    class Names(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
            switches.update(argument.value.name.value for argument in node.arguments or () if isinstance(argument.value, VariableNode))

        def enter_field(self, node: FieldNode, *_: Any) -> None:
            fields.add(node.name.value)

    visit(tree, Names())
    return frozenset(switches), frozenset(fields)
