"""What a caller probably meant, beside graphql-core's own "Did you mean", which compares names: the schema is public, so they tell nothing.

Both look at a few errors of a document only, and at short texts, so that nobody can make them long.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, get_named_type

from graphql_schema.engine.schema_index import definition_of
from portal.registry.choices import raw_texts

UNKNOWN_FIELD = re.compile(r"Cannot query field '(?P<field>\w{1,100})' on type '(?P<type>\w+)'\.")
NO_LOOKUP = re.compile(r"Expected value of type '(?P<type>\w+)' to be an object, found: (?P<found>[^{]{1,60})\.$")
NO_CHOICE = re.compile(r"Enum '(?P<type>\w+)' cannot represent non-enum value: \"(?P<found>[^\"]{1,60})\"\.")
NO_CHOICE_IN_VARIABLE = re.compile(r"Value '(?P<found>[^']{1,60})' does not exist in '(?P<type>\w+)' enum\.")
SUGGESTED = re.compile(r" Did you mean [^?]+\?")
UNDERSCORE = re.compile("_([a-z0-9])")
NULL, NULL_SAID = "not to be None.", "not to be null. Leave it out, or give a value."


def helpful(schema: GraphQLSchema, message: str) -> str:
    """Returns the message with a hint that fits better than the one it has, if there is one."""
    if message.endswith(NULL):
        return message.removesuffix(NULL) + NULL_SAID
    for pattern, hint in HINTS:
        match = pattern.search(message)
        found = match and hint(schema.type_map.get(match["type"]), match)
        if found:
            return f"{SUGGESTED.sub('', message)} Did you mean {found}?"
    return message


def inside_page(named: Any, match: re.Match[str]) -> str | None:
    """A row's field that was asked of its list."""
    if not isinstance(named, GraphQLObjectType):
        return None
    for name in ("nodes", "node"):
        rows: Any = get_named_type(named.fields[name].type) if name in named.fields else None
        field = UNDERSCORE.sub(lambda letter: letter[1].upper(), match["field"])
        if field in getattr(rows, "fields", ()):
            return f"'{name} {{ {field} }}'"
    return None


def as_lookup(named: Any, match: re.Match[str]) -> str | None:
    """A value where conditions on it are needed."""
    if not isinstance(named, GraphQLInputObjectType) or "eq" not in named.fields:
        return None
    return f"{{ {'in' if match['found'].startswith('[') else 'eq'}: {match['found']} }}"


def by_text(named: Any, match: re.Match[str]) -> str | None:
    """PeeringDB's own text of a choice."""
    choices = definition_of(named).wrapped_cls if isinstance(named, GraphQLEnumType) and named.extensions else ()
    text = plain(match["found"])
    return next((f"the enum value '{choice.name}'" for choice in choices if text in map(plain, texts_of(choice))), None)


def texts_of(choice: Any) -> Iterable[str]:
    return (text for text in raw_texts(choice) if text) if isinstance(choice.value, str) else ()


def plain(text: str) -> str:
    return "".join(text.casefold().split())


Hint = Callable[[Any, re.Match[str]], str | None]
HINTS: tuple[tuple[re.Pattern[str], Hint], ...] = (
    (UNKNOWN_FIELD, inside_page),
    (NO_LOOKUP, as_lookup),
    (NO_CHOICE, by_text),
    (NO_CHOICE_IN_VARIABLE, by_text),
)
