"""Limits of a document, checked before it is validated.

A fragment is measured once, so that a nest of 2^60 fields costs what its text costs.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from graphql_schema.engine.errors import VALIDATION

MAX_DEPTH, MAX_ALIASES, MAX_DIRECTIVES, MAX_FIELDS, MAX_SPREADS, MAX_DEFINITIONS = 12, 50, 20, 1000, 1000, 100
MAX_FIELD_PAIRS = 5000  # of fields under one key: validation takes 20 µs for each
INTROSPECTION = {"__schema", "__type"}  # graphql-core's own rule limits how deep it goes
SCHEMA_LISTS = {"types", "fields", "args", "inputFields", "enumValues", "interfaces", "possibleTypes", "directives"}
MAX_SCHEMA_LISTS = 20  # the whole schema takes 9; each can hold hundreds, which no row's cost covers


@dataclass
class Size:
    """The size of a selection, with its fragments written out."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0
    spreads: int = 0
    schema_lists: int = 0

    def add(self, part: "Size") -> None:
        self.depth = max(self.depth, part.depth)
        self.aliases += part.aliases
        self.directives += part.directives
        self.fields += part.fields
        self.spreads += part.spreads
        self.schema_lists += part.schema_lists


@dataclass
class Measure:
    """Measures a document; `sizes` remembers fragments, `open` holds those that are being measured."""

    fragments: dict[str, FragmentDefinitionNode]
    sizes: dict[str, Size] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)

    def selection(self, selections: SelectionSetNode | None) -> Size:
        size = Size()
        for node in selections.selections if selections else ():
            part = Size(directives=len(node.directives or ()))
            if isinstance(node, FieldNode):
                part.add(self.of_field(node))
            elif isinstance(node, InlineFragmentNode):
                part.add(self.selection(node.selection_set))
            elif isinstance(node, FragmentSpreadNode):
                part.spreads += 1
                part.add(self.fragment(node.name.value))
            size.add(part)
        return size

    def of_field(self, node: FieldNode) -> Size:
        below = self.selection(node.selection_set)
        depth = 1 if node.name.value in INTROSPECTION else 1 + below.depth
        size = Size(depth, int(node.alias is not None), fields=1, schema_lists=int(node.name.value in SCHEMA_LISTS))
        size.add(replace(below, depth=0))
        return size

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


def check_size(document: DocumentNode) -> None:
    """Raises GraphQLError for a document that is beyond a limit."""
    if len(document.definitions) > MAX_DEFINITIONS:
        raise refusal(f"The document has more than {MAX_DEFINITIONS} operations and fragments.")  # validation compares them in pairs
    measure = Measure({node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)})
    total = Size()
    for definition in document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            measure.fragment(definition.name.value)
        else:
            total.directives += len(getattr(definition, "directives", None) or ())
            total.add(measure.selection(getattr(definition, "selection_set", None)))
    shallow = (replace(size, depth=0) for size in measure.sizes.values())  # introspection's may be deep; an unused one counts otherwise
    for size in (total, *shallow):
        for complaint in complaints(size):
            raise refusal(complaint)
    sets = [node.selection_set for node in document.definitions if isinstance(node, OperationDefinitionNode | FragmentDefinitionNode)]
    if sum(pairs([selections], measure.fragments) for selections in sets) > MAX_FIELD_PAIRS:
        raise refusal("The document asks the same fields again and again. Ask for each once.")


def complaints(size: Size) -> Iterable[str]:
    if size.depth > MAX_DEPTH:
        yield f"The document is nested {size.depth} deep; {MAX_DEPTH} is the most."
    if size.aliases > MAX_ALIASES:
        yield f"The document has more than {MAX_ALIASES} aliases, fragments written out."
    if size.directives > MAX_DIRECTIVES:
        yield f"The document has more than {MAX_DIRECTIVES} directives, fragments written out."
    if size.fields > MAX_FIELDS:
        yield f"The document has more than {MAX_FIELDS} fields, fragments written out."
    if size.spreads > MAX_SPREADS:
        yield f"The document spreads fragments more than {MAX_SPREADS} times, those inside fragments written out."
    if size.schema_lists > MAX_SCHEMA_LISTS:
        yield f"The document asks for more than {MAX_SCHEMA_LISTS} lists of the schema. It is whole at /graphql/schema.json."


def pairs(selections: Iterable[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode]) -> int:
    """Returns how many pairs of fields stand under one response key, fragments written out; validation compares the two of each."""
    times, below = Counter[str](), dict[str, list[SelectionSetNode]]()
    for node in written_out(selections, fragments):
        key = (node.alias or node.name).value
        times[key] += 1
        if node.selection_set:
            below.setdefault(key, []).append(node.selection_set)
    return sum(number * (number - 1) // 2 for number in times.values()) + sum(pairs(sets, fragments) for sets in below.values())


def written_out(selections: Iterable[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[FieldNode]:
    """Yields the fields of the selections and of the fragments in them."""
    for selection in selections:
        for node in selection.selections:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from written_out([node.selection_set], fragments)
            elif isinstance(node, FragmentSpreadNode) and node.name.value in fragments:
                yield from written_out([fragments[node.name.value].selection_set], fragments)


def refusal(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": VALIDATION})
