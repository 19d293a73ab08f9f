"""What strangers ask is kept for the next request, but never without end."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest

from graphql_schema import INDEX
from graphql_schema.engine.documents.cache_size import CACHE_SIZE
from graphql_schema.engine.documents.document import cached_document, read_document
from tests.graphql.requests import Ask
from tests.people import Robot

FEW = 2 * 1024 * 1024
COUNT = "query ($where: NetworkFilter) {" + "".join(f" a{number}: networks(where: $where) {{ totalCount }}" for number in range(20)) + " }"


@pytest.fixture(autouse=True)
def nothing_is_kept() -> Iterator[None]:
    cached_document.cache_clear()
    CACHE_SIZE.used_bytes, most = 0, CACHE_SIZE.max_bytes
    yield
    CACHE_SIZE.max_bytes = most
    cached_document.cache_clear()


def documents() -> int:
    return cached_document.cache_info().currsize


def test_a_document_that_is_asked_again_is_kept() -> None:
    assert read_document(INDEX, "{ viewer { address } }") is read_document(INDEX, "{ viewer { address } }")


def test_many_large_documents_are_not_all_kept() -> None:
    CACHE_SIZE.max_bytes = FEW
    numbers = " ".join(["1"] * 3900)
    for number in range(5):
        read_document(INDEX, f"{{ networks(where: {{ asn: {{ in: [{numbers}] }} }}) {{ totalCount }} }} # {number}")
    assert documents() < 4


def test_many_statements_of_one_document_are_not_all_kept(ask: Ask) -> None:
    CACHE_SIZE.max_bytes = FEW
    for fields in product(("name", "aka", "notes"), repeat=4):
        ask(COUNT, where={"or": [{name: {"contains": str(place)}} for place, name in enumerate(fields * 12)]})
        if CACHE_SIZE.is_exceeded:
            break
    assert CACHE_SIZE.is_exceeded
    read_document(INDEX, "{ viewer { address } }")
    assert documents() == 1
    assert not CACHE_SIZE.is_exceeded


def test_the_plans_of_many_callers_are_not_all_kept(ask: Ask, robot: Callable[..., Robot]) -> None:
    query = "{ networks { nodes { " + " ".join(f"n{number}: name" for number in range(50)) + " } } }"
    ask(query)
    once = CACHE_SIZE.used_bytes
    ask(query)
    assert CACHE_SIZE.used_bytes == once
    ask(query, robot("networks:read"))
    assert CACHE_SIZE.used_bytes > once + 250 * len(query)


def test_what_was_forgotten_is_answered_as_before(ask: Ask) -> None:
    query = "{ network(asn: 64500) { name ports { nodes { speed } } } }"
    before = ask(query)
    CACHE_SIZE.max_bytes = 0
    assert ask(query) == before == ask(query)
