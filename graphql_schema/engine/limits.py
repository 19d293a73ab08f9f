"""Limits of a document, before it is validated: each fragment is measured once, so that a nest of 2^60 fields costs what its text costs."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from graphql import DocumentNode, FieldNode, FragmentDefinitionNode, FragmentSpreadNode, GraphQLError, InlineFragmentNode, SelectionSetNode

from graphql_schema.engine.errors import VALIDATION

DEEPEST, MOST_ALIASES, MOST_DIRECTIVES, MOST_FIELDS, MOST_DEFINITIONS = 12, 50, 20, 1000, 100
MOST_REPEATS = 50  # of one field in one place, which are merged
INTROSPECTION = {"__schema", "__type"}  # graphql-core's own rule limits how deep it goes


@dataclass
class Size:
    """Of a selection, with its fragments written out; `repeats` of one field in one place as it is written."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0
    repeats: int = 0

    def add(self, part: "Size") -> None:
        self.depth = max(self.depth, part.depth)
        self.repeats = max(self.repeats, part.repeats)
        self.aliases += part.aliases
        self.directives += part.directives
        self.fields += part.fields


@dataclass
class Measure:
    """Measures a document; `sizes` remembers fragments, `open` holds those that are being measured."""

    fragments: dict[str, FragmentDefinitionNode]
    sizes: dict[str, Size] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)

    def selection(self, selections: SelectionSetNode | None) -> Size:
        size = Size(repeats=repeats_in(selections))
        for node in selections.selections if selections else ():
            part = Size(directives=len(node.directives or ()))
            if isinstance(node, FieldNode):
                part.add(self.of_field(node))
            elif isinstance(node, InlineFragmentNode):
                part.add(self.selection(node.selection_set))
            elif isinstance(node, FragmentSpreadNode):
                part.add(self.fragment(node.name.value))
            size.add(part)
        return size

    def of_field(self, node: FieldNode) -> Size:
        below = self.selection(node.selection_set)
        depth = 1 if node.name.value in INTROSPECTION else 1 + below.depth
        return Size(depth, below.aliases + (node.alias is not None), below.directives, below.fields + 1, below.repeats)

    def fragment(self, name: str) -> Size:
        """A fragment that contains itself has no size; one that isn't defined is left to validation."""
        if name in self.open:
            raise refusal(f"Fragment {name} contains itself.")
        if name not in self.sizes:
            definition = self.fragments.get(name)
            self.open.add(name)
            self.sizes[name] = self.selection(definition.selection_set) if definition else Size()
            self.open.discard(name)
        return self.sizes[name]


def repeats_in(selections: SelectionSetNode | None) -> int:
    """How often the most frequent field is written there."""
    names = (
        Counter(node.name.value for node in selections.selections if isinstance(node, FieldNode) and not node.alias) if selections else None
    )
    return max(names.values()) if names else 0


def check_size(document: DocumentNode) -> None:
    """Raises GraphQLError for a document that is beyond a limit."""
    if len(document.definitions) > MOST_DEFINITIONS:
        raise refusal(f"The document has more than {MOST_DEFINITIONS} operations and fragments.")  # validation compares them in pairs
    measure = Measure({node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)})
    total = Size()
    for definition in document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            measure.fragment(definition.name.value)
        else:
            total.directives += len(getattr(definition, "directives", None) or ())
            total.add(measure.selection(getattr(definition, "selection_set", None)))
    for complaint in complaints(total):
        raise refusal(complaint)


def complaints(size: Size) -> Iterable[str]:
    if size.depth > DEEPEST:
        yield f"The document is nested {size.depth} deep; {DEEPEST} is the most."
    if size.aliases > MOST_ALIASES:
        yield f"The document has more than {MOST_ALIASES} aliases, fragments written out."
    if size.directives > MOST_DIRECTIVES:
        yield f"The document has more than {MOST_DIRECTIVES} directives, fragments written out."
    if size.fields > MOST_FIELDS:
        yield f"The document has more than {MOST_FIELDS} fields, fragments written out."
    if size.repeats > MOST_REPEATS:
        yield f"The document writes one field more than {MOST_REPEATS} times in one place."


def refusal(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": VALIDATION})
