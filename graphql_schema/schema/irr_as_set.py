"""IrrAsSet, one of the sets in a network's irr_as_set, which is free text."""

import re

import strawberry

PART = r"(?:AS\d+|(?:AS|RS)-[A-Z0-9_-]+)"
NAME = re.compile(rf"{PART}(?::{PART})*", re.ASCII)
SOURCE = re.compile("[A-Z][A-Z0-9_-]*", re.ASCII)
SEPARATOR = re.compile(r"[\s,;]+")


@strawberry.type(description="An AS-SET or AS number to build route filters from. Needs no scope.")
class IrrAsSet:
    """An entry of PeeringDB's irr_as_set."""

    source: str = strawberry.field(
        description="The routing registry that it is in, as RIPE; empty where none is named. PeeringDB: net.irr_as_set. Needs no scope."
    )
    name: str = strawberry.field(
        description="Its name in capitals, as AS-EXAMPLE or AS64500:AS-CUSTOMERS. PeeringDB: net.irr_as_set. Needs no scope."
    )


def read_irr_as_sets(text: str) -> list[dict[str, str]]:
    """Returns source and name of each set. `SOURCE::NAME` and `NAME@SOURCE` are the same; what isn't a set's name is left out."""
    sets = []
    for entry in SEPARATOR.split(text.upper()):
        source, colons, name = entry.rpartition("::")
        if not colons:
            name, _, source = entry.partition("@")
        if NAME.fullmatch(name) and (not source or SOURCE.fullmatch(source)):
            sets.append({"source": source, "name": name})
    return sets
