"""Names that explain themselves: files are nouns or verbs of the field, variables say what they hold, and one word has one meaning."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).parents[1]
CODE = ("portal", "graphql_schema", "tests", "benchmarks", "docs")
LEFT_OUT = {"node_modules", "versions"}
MAX_FILES_IN_FOLDER = 16
NOUNS_IN_ING = {"paging", "staging", "wording"}
# What these hold can't be guessed from them.
VAGUE = {"told", "asked", "made", "known", "wanted", "held", "here", "there", "each"}
# Words of an earlier house: each has given way to the field's own term.
GONE_FILES = {
    "among", "asking", "bodies", "comparing", "composed", "composing", "compositions", "cookies", "copying", "counting", "due", "entries",
    "failing", "fallen", "finding", "life", "looking", "meeting", "pasting", "posting", "posts", "purse", "refusing", "revealed", "running",
    "saying", "several", "sight", "statement", "touched", "weight", "words",
}  # fmt: skip
GONE_NAMES = {"Purse", "purse", "Sight", "sight", "Postman", "postman"}
# A file name that stands in several folders means the same in each.
SHARED_NAMES = {
    "blueprint": "a blueprint, and what its pages share",
    "answer": "what is answered to one request",
    "budgets": "how many points a minute a caller has",
    "detail": "one key with all that its page shows",
    "grants": "the lines of what a key may do",
    "key": "one key",
    "key_list": "an organization's keys",
    "audit": "the audit of what was done",
    "campuses": "the noun",
    "carriers": "the noun",
    "contacts": "the noun",
    "exchanges": "the noun",
    "facilities": "the noun",
    "networks": "the noun",
    "organizations": "the noun",
    "people": "the noun",
    "ports": "the noun",
    "create": "creates the folder's noun",
    "edit": "edits the folder's noun",
    "retire": "ends a key's old token",
    "revoke": "revokes a key",
    "rotate": "rotates a key",
    "suspend": "disables, enables, freezes or thaws keys",
    "bulk": "acts on several keys at once",
    "lookup": "leads from a token, or a token's id, to its key",
    "policy": "what an organization asks of its keys",
    "peppers": "the secrets under which digests are made",
    "usage": "how keys are used",
    "sessions": "sessions of signed-in people",
    "prune": "removes rows that are too old",
    "sqlite_file": "a SQLite database as a file",
    "errors": "what is refused, and how the folder says it",
    "routes": "a blueprint's routes",
    "forms": "a blueprint's forms",
    "types": "the kinds that the folder is about",
    "context": "what a call knows while it runs",
    "fields": "fields of record types",
    "search": "search by name, ASN or address",
    "peers": "with whom a network could peer",
    "overlap": "what several networks have in common",
    "plan": "what will be done, before it is done",
    "run": "does it",
    "records": "what all record types have in common",
    "export": "the registry as a file",
    "approve": "makes pending records live",
    "members": "the people of an organization",
}


def sources(*folders: str) -> list[Path]:
    return [
        path
        for folder in folders
        for path in sorted((HOUSE / folder).rglob("*.py"))
        if not LEFT_OUT.intersection(path.parts) and path.name not in {"__init__.py", "__main__.py"}
    ]


def names_in(path: Path) -> Iterator[tuple[int, str]]:
    """(line, name) of everything that the file gives a name to."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name


def places(path: Path, names: set[str]) -> list[str]:
    return [f"{path.relative_to(HOUSE)}:{line} {name}" for line, name in names_in(path) if name in names]


def test_files_are_named_by_nouns_and_verbs_of_the_field() -> None:
    names = [path for path in sources("portal", "graphql_schema") if path.stem.endswith("ing") and path.stem not in NOUNS_IN_ING]
    gone = [path for path in sources("portal", "graphql_schema") if path.stem in GONE_FILES]
    assert [str(path.relative_to(HOUSE)) for path in (*names, *gone)] == []


def test_a_file_name_has_one_meaning() -> None:
    folders = defaultdict(set)
    for path in sources("portal", "graphql_schema"):
        folders[path.stem].add(path.parent.relative_to(HOUSE).as_posix())
    assert {name: places for name, places in folders.items() if len(places) > 1 and name not in SHARED_NAMES} == {}


def test_no_folder_is_too_full() -> None:
    counts: dict[str, int] = defaultdict(int)
    for path in sources("portal", "graphql_schema"):
        counts[path.parent.relative_to(HOUSE).as_posix()] += 1
    assert {folder: count for folder, count in counts.items() if count > MAX_FILES_IN_FOLDER} == {}


def test_a_name_says_what_it_holds() -> None:
    assert [place for path in sources(*CODE) for place in places(path, VAGUE | GONE_NAMES)] == []


def test_found_is_one_row_that_may_be_none() -> None:
    """Not a collection: it is named for what is in it."""
    collections = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp)
    wrong = []
    for path in sources("portal", "graphql_schema"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, collections):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                wrong += [f"{path.relative_to(HOUSE)}:{node.lineno}" for target in targets if getattr(target, "id", "") == "found"]
    assert wrong == []
