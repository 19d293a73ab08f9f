"""A token's secret is nowhere: not in the database's files, logs, cookies, pages, exports or the output of commands."""

import base64
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Portal
from tests.e2e.journeys import issue_key, open_keys, visit

pytestmark = [pytest.mark.needs("chromium")]


def forms(token: str) -> list[bytes]:
    """The secret as it is, and as something careless might keep it."""
    secret = token[20:52].encode()
    return [secret, base64.b64encode(secret).rstrip(b"=")[:-2], secret.hex().encode(), secret[::-1]]


def ask(portal: Portal, token: str, query: str) -> bytes:
    body = json.dumps({"query": query}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{portal.url}/graphql", body, headers)) as response:
            return bytes(response.read()) + str(response.headers).encode()
    except urllib.error.HTTPError as error:
        return bytes(error.read()) + str(error.headers).encode()


def pages(page: Page, portal: Portal, name: str) -> Iterator[bytes]:
    open_keys(page, portal)
    yield page.content().encode()
    listed = page.url
    page.get_by_role("link", name=name, exact=True).click()
    yield page.content().encode()
    for place in ("/edit", "/rotate", "/disable", "/revoke"):
        yield page.context.request.get(page.url + place).body()
    for place in (portal.url, f"{listed}?filter=ended", f"{portal.url}/account", f"{portal.url}/playground"):
        page.goto(place)
        yield page.content().encode()
    yield json.dumps(page.context.cookies()).encode()


def test_a_marked_token_is_found_nowhere(page: Page, portal: Portal, request: pytest.FixtureRequest) -> None:
    name = f"marked {request.node.callspec.id}"
    visit(page, portal)
    token = issue_key(page, portal, name, "networks:read")
    wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
    seen = [
        ask(portal, token, "{ viewer { key { name } } }"),
        ask(portal, token, "{ nonsense }"),
        ask(portal, token, "{ contacts { totalCount } }"),
    ]
    seen += [ask(portal, wrong, "{ viewer { key { name } } }"), ask(portal, token + " ", "x" * 1000)]
    seen += pages(page, portal, name)
    key_id = re.search(
        r"key_[0-9A-Za-z]{12}",
        page.context.request.get(f"{portal.url}/").text() + portal.command("keys", "list", "--organization", "1000000000", "--json"),
    )
    assert key_id
    seen.append(portal.command("keys", "list", "--organization", "1000000000").encode())
    portal.command("export", str(portal.data / "dump.json"))
    portal.process.poll()
    seen += [file.read_bytes() for file in portal.data.rglob("*") if file.is_file()]
    leaks = [(form, place[:60]) for form in forms(token) for place in seen if form in place]
    assert leaks == []


def test_refused_tokens_are_not_logged(portal: Portal) -> None:
    """Trap 12: tokens end up in logs, here by a caller who puts one where it doesn't belong."""
    misplaced = "pport_" + "Z" * 12 + "_" + "Q" * 38
    for address in (f"/graphql?api_key={misplaced}&query={{viewer{{address}}}}", f"/?token={misplaced}"):
        try:
            urllib.request.urlopen(portal.url + address.replace(" ", "%20")).close()
        except urllib.error.HTTPError as error:
            error.close()
    assert misplaced not in portal.log.read_text()
