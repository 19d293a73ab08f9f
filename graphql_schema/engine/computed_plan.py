"""Plans and runs composed answers (`composed.py`), beside what `plan.py` and `run.py` do for records."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType, GraphQLUnionType, get_named_type

from graphql_schema.engine.computed import Finder
from graphql_schema.engine.filter_cost import UNITS_OF_A_ROW
from graphql_schema.engine.levels import Child, Edges, One
from graphql_schema.engine.rows import Several
from graphql_schema.engine.shapes import Shape
from portal.registry.description import one
from portal.registry.read import selects

if TYPE_CHECKING:
    from graphql_schema.engine.plan import Planner
    from graphql_schema.engine.run import Run

Made = list[dict[str, Any]]
Refused = frozenset[frozenset[str]]
Path = tuple[str, ...]


class ComposedShape(Shape):
    """Response keys where the rows hold lists: of ids of records, and of rows of another composed type."""

    def __init__(self) -> None:
        super().__init__()
        self.listed: list[tuple[str, One]] = []
        self.inside: list[tuple[str, ComposedShape]] = []


@dataclass
class Mixed:
    """Records of several types, found as (tag, id): how each type's are shown."""

    ones: dict[str, One]


@dataclass
class Composed:
    """A field whose finder says what is in it; of a connection, `parts` as in a page. `number` finds its arguments."""

    finder: Finder
    definition: GraphQLField
    node: FieldNode
    number: int
    path: tuple[str, ...]
    wanted: set[str] = field(default_factory=set)
    parts: list[tuple[str, str, Any]] = field(default_factory=list)
    shapes: list[ComposedShape | Mixed] = field(default_factory=list)
    is_page: bool = False


def compose(planner: "Planner", finder: Finder, definition: GraphQLField, details: list[Any], path: Path, refused: Refused) -> Composed:
    """The plan of a field that has a finder."""
    target: Any = get_named_type(definition.type)
    composed = Composed(finder, definition, details[0].node, len(planner.plan.pages), path, is_page=target.name.endswith("Connection"))
    planner.plan.pages.append(composed)
    if composed.is_page:
        plan_page(planner, composed, target, details, refused)
    else:
        plan_shape(planner, composed, target, details, path, refused)
    return composed


def plan_page(planner: "Planner", composed: Composed, connection: Any, details: list[Any], refused: Refused) -> None:
    node: Any = get_named_type(connection.fields["nodes"].type)
    for key, sub in planner.fields(connection, details):
        name = sub[0].node.name.value
        below: Any = connection.name
        if name == "nodes":
            below = plan_shape(planner, composed, node, sub, (*composed.path, key), refused)
        elif name == "edges":
            below = plan_edges(planner, composed, connection, sub, (*composed.path, key), refused)
        elif name == "pageInfo":
            info = get_named_type(connection.fields["pageInfo"].type)
            below = [(each, parts[0].node.name.value) for each, parts in planner.fields(info, sub)]
        composed.parts.append((key, name, below))
        composed.wanted.add(name)


def plan_edges(planner: "Planner", composed: Composed, connection: Any, details: list[Any], path: Path, refused: Refused) -> Edges:
    edges, edge = Edges(), get_named_type(connection.fields["edges"].type)
    node: Any = get_named_type(connection.fields["nodes"].type)
    for key, sub in planner.fields(edge, details):
        name = sub[0].node.name.value
        if name == "cursor":
            edges.cursors.append(key)
        elif name == "node":
            edges.nodes.append((key, plan_shape(planner, composed, node, sub, (*path, key), refused)))
        else:
            edges.names.append((key, edge.name))
    return edges


def plan_shape(
    planner: "Planner",
    composed: Composed,
    named: GraphQLObjectType | GraphQLUnionType,
    details: list[Any],
    path: Path,
    refused: Refused,
) -> ComposedShape | Mixed:
    shape: ComposedShape | Mixed
    if isinstance(named, GraphQLUnionType):
        shape = mixed_of(planner, named, details, path, refused)
    else:
        shape = shape_of(planner, named, details, path, refused)
        composed.wanted |= {sub[0].node.name.value for _, sub in planner.fields(named, details)}
    composed.shapes.append(shape)
    return shape


def mixed_of(planner: "Planner", named: GraphQLUnionType, details: list[Any], path: Path, refused: Refused) -> Mixed:
    kinds = [(planner.known.records[each.name], each) for each in named.types]
    return Mixed({kind.tag: planner.one(kind, each, details, path, refused) for kind, each in kinds})


def shape_of(planner: "Planner", named: GraphQLObjectType, details: list[Any], path: Path, refused: Refused) -> ComposedShape:
    shape = ComposedShape()
    for key, sub in planner.fields(named, details):
        name = sub[0].node.name.value
        if name == "__typename":
            shape.constant(key, named.name)
            continue
        held, below = planner.known.composed[named.name][name], planner.check(named.name, sub[0].node, refused)
        target: Any = held.target
        shape.place(key, held.place)
        if target.name in planner.known.records:
            kind = planner.known.records[target.name]
            level = planner.one(kind, target, sub, (*path, key), below, nullable=not held.required)
            if held.many:
                shape.listed.append((key, level))
            else:
                shape.children.append(Child(key, one(kind.tag, name), level))
        elif target.name in planner.known.composed:
            shape.inside.append((key, shape_of(planner, target, sub, (*path, key), below)))
        elif held.texts is not None:
            shape.convert(key, held.place, in_our_words(held.texts))
    shape.finish()
    return shape


def in_our_words(texts: Mapping[str, str]) -> Callable[[Sequence[str]], list[str]]:
    return lambda found: [texts[text] for text in found]


def run_composed(run: "Run", composed: Composed) -> Any:
    """What the finder finds, in the form that the schema promises."""
    context = run.context
    reader = context.reader
    before, looked = reader.touched, reader.looked
    found = composed.finder.find(reader, run.asked[composed.number], frozenset(composed.wanted))
    run.touched += reader.touched - before
    run.looked += (reader.looked - looked) / UNITS_OF_A_ROW
    run.print_rows(0)
    if composed.is_page:
        if found.more and "pageInfo" not in composed.wanted:
            run.truncated.add(composed.path)
        return page_of(run, composed, found)
    rows = found if isinstance(found, list) else [] if found is None else [found]
    made = make(run, composed.shapes[0], rows)
    return made if isinstance(found, list) else made[0] if made else None


def make(run: "Run", shape: ComposedShape | Mixed, rows: Sequence[Any]) -> Made:
    """The rows' dicts, with all that is below them."""
    if isinstance(shape, Mixed):
        return make_mixed(run, shape, rows)
    run.print_rows(len(rows))
    made = shape.make(list(rows))
    run.fill(shape, made, None)
    for key, level in shape.listed:
        fill_listed(run, level, made, key)
    for key, below in shape.inside:
        lists = [each[key] for each in made]
        parts = iter(make(run, below, list(chain.from_iterable(lists))))
        for each, rows_inside in zip(made, lists, strict=True):
            each[key] = [next(parts) for _ in rows_inside]
    return made


def make_mixed(run: "Run", shape: Mixed, rows: Sequence[Any]) -> Made:
    """One statement for each type that was found."""
    tags = {tag for tag, _ in rows}
    made = run.several({tag: one for tag, one in shape.ones.items() if tag in tags}, Several(tuple(rows)))
    return [each for each in made if each is not None]  # all are there: they were found in this snapshot


def fill_listed(run: "Run", level: One, made: Made, key: str) -> None:
    """Puts records where lists of their ids stand, read by one statement."""
    lists = [each[key] for each in made]
    printed = Counter(chain.from_iterable(lists))
    wanted = sorted(printed)
    prepared = run.prepare(level.level, "children", selects.children, via="id")
    rows = run.execute(prepared, parents=wanted, most=len(wanted)) if wanted else []
    weights = [printed[row[-1]] for row in rows]
    run.print_rows(sum(weights))
    dicts = level.shape.make(rows)
    run.fill(level.shape, dicts, weights)
    found = {row[-1]: each for row, each in zip(rows, dicts, strict=True)}
    for each, ids in zip(made, lists, strict=True):
        each[key] = [found[number] for number in ids]


def page_of(run: "Run", composed: Composed, found: Any) -> dict[str, Any]:
    made = {id(shape): make(run, shape, found.rows) for shape in composed.shapes}
    answer: dict[str, Any] = {}
    for key, part, below in composed.parts:
        if part == "nodes":
            answer[key] = made[id(below)]
        elif part == "totalCount":
            answer[key] = found.total
        elif part == "pageInfo":
            answer[key] = info_of(run.asked[composed.number], found, below)
        elif part == "edges":
            answer[key] = [edge_of(below, made, found, number) for number in range(len(found.rows))]
        else:
            answer[key] = below
    return answer


def edge_of(edges: Edges, made: dict[int, Made], found: Any, number: int) -> dict[str, Any]:
    answer: dict[str, Any] = {key: found.cursor(number) for key in edges.cursors}
    return answer | {key: made[id(shape)][number] for key, shape in edges.nodes} | dict(edges.names)


def info_of(asked: Any, found: Any, keys: list[tuple[str, str]]) -> dict[str, Any]:
    known = {
        "hasNextPage": found.more,
        "hasPreviousPage": asked.after is not None,
        "startCursor": found.cursor(0) if found.rows else None,
        "endCursor": found.cursor(-1) if found.rows else None,
        "__typename": "PageInfo",
    }
    return {key: known[name] for key, name in keys}
