"""Every address, of pages and of the API, with odd values in its path and behind its question mark: nothing there, or a page in words."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask

import portal
from tests.browser import Browser
from tests.people import People
from tests.routes import API_RULES, routes

READ = re.compile(r'request\.args(?:\.get(?:list)?\(|\[)"(\w+)"|(?:chosen\(\w+, |row_number\(|linked_grants\()"(\w+)"')
PARAMETERS = {
    *("page", "days", "show", "sort", "next", "query", "variables", "key", "template", "grants", "copy", "add", "before", "after"),
    *("actor", "event", "object", "first", "last"),  # of the activity
    "below",  # of a new record
    *("operationName", "extensions", "changedSince"),  # of the API
}
ODD_VALUES: dict[str, bytes] = {
    "U+000B": b"\x0b",
    "NUL and malformed UTF-8": b"a\0b\xff\xed\xa0\x80",  # the last three are a lone surrogate
    "more digits than Python reads": b"1" * 5000,
    "beyond every column": b"99999999999999999999",
    "beyond an id": b"4294967296",
    "the last day of all": b"9999-12-31",
}


def read_by_views() -> set[str]:
    files = [path for room in ("pages", "api", "http") for path in (Path(portal.__file__).parent / room).rglob("*.py")]
    return {name for path in files for names in READ.findall(path.read_text("utf-8")) for name in names if name}


def test_every_parameter_is_looked_at() -> None:
    assert read_by_views() - PARAMETERS == set()


def addresses_with(app: Flask, address: str, endpoint: str, odd: str) -> list[str]:
    """The address with all parameters odd, and with each part of its path that varies."""
    rule = API_RULES.get(endpoint) or next(app.url_map.iter_rules(endpoint))
    pattern = re.sub(r"<(?:\w+:)?(\w+)>", r"(?P<\1>[^/]+?)", rule.rule)
    match = re.fullmatch(pattern, address)
    assert match
    parts = [address[: match.start(name)] + odd + address[match.end(name) :] for name in rule.arguments]
    return [f"{address}?{'&'.join(f'{name}={odd}' for name in sorted(PARAMETERS))}", *parts]


@pytest.mark.parametrize("odd", ODD_VALUES)
def test_no_address_makes_a_page_fail(odd: str, app: Flask, visit: Callable[[str], Browser], addresses: Callable[[str], str]) -> None:
    client, answered = visit("alice").client, {}
    for endpoint in sorted(endpoint for endpoint, method in routes(app) if method == "GET"):
        for address in addresses_with(app, addresses(endpoint), endpoint, quote(ODD_VALUES[odd])):
            with client.get(address) as answer:
                answered[address] = answer.status_code
    assert {address[:200]: status for address, status in answered.items() if status >= 429} == {}


@pytest.mark.parametrize("page", ["١", "+1", " 1", "1.0", "1_0", "\x0b"], ids=ascii)
def test_an_id_is_written_in_the_digits_0_to_9(page: str, visit: Callable[[str], Browser], people: People) -> None:
    assert visit("alice").client.get(f"/organizations/{quote(page)}/keys").status_code == 404
