"""Whatever form a proxy writes a client's address in, it is the same client; and what is no address is never a client of its own."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.extensions import db
from portal.http.client_address import normal_address
from portal.models import FailedSignIn
from portal.settings import Settings
from tests.apps import opened
from tests.browser import CSRF, Browser, text

WHOAMI = {"query": "{ viewer { address } rateLimit { remaining } }"}


@pytest.mark.parametrize(
    ("sent", "address"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("203.0.113.5:51234", "203.0.113.5"),
        (" 203.0.113.5\t", "203.0.113.5"),
        ('"203.0.113.5:51234"', "203.0.113.5"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("[::FFFF:203.0.113.5]:443", "203.0.113.5"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:0DB8:0:0::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ('"[2001:db8::1]:443"', "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%25eth0]:443", "fe80::1"),
        ("", "unknown"),
        ("unknown", "unknown"),
        ("_hidden", "unknown"),
        ("for=203.0.113.5", "unknown"),
        ("203.0.113.5;proto=https", "unknown"),
        ("203.0.113.5:x", "unknown"),
        ("203.0.113.005", "unknown"),
        ("203.0.113", "unknown"),
        ("٢٠٣.0.113.5", "unknown"),
        ("[203.0.113.5", "unknown"),
        ('"203.0.113.5', "unknown"),
        ("[]:443", "unknown"),
        ("localhost", "unknown"),
        ("0:" * 100_000, "unknown"),
    ],
)
def test_an_address_has_one_form(sent: str, address: str) -> None:
    assert normal_address(sent) == address


@pytest.fixture
def behind_a_proxy(settings: Settings) -> Iterator[Flask]:
    with opened(replace(settings, proxy_hops=1)) as app:
        yield app


def ask(app: Flask, forwarded: str | None, **headers: str) -> dict[str, Any]:
    """What the API knows of the caller."""
    sent = headers if forwarded is None else {"X-Forwarded-For": forwarded, **headers}
    data: dict[str, Any] = app.test_client().post("/graphql", json=WHOAMI, headers=sent).get_json()["data"]
    return data


@pytest.mark.parametrize(
    ("forms", "address"),
    [
        (["203.0.113.5:1", "203.0.113.5:2", "192.0.2.1, 203.0.113.5", "::ffff:203.0.113.5"], "203.0.113.5"),
        (["[2001:db8::1]:1", "[2001:db8::1]:2", "2001:DB8::1"], "2001:db8::1"),
        (["junk", "other junk", "203.0.113.5, ", '"'], "unknown"),
        (['", 203.0.113.5', '192.0.2.1, "x, 203.0.113.5', '\\", 203.0.113.5'], "203.0.113.5"),
    ],
)
def test_all_forms_of_an_address_share_one_limit(behind_a_proxy: Flask, forms: list[str], address: str) -> None:
    answers = [ask(behind_a_proxy, form) for form in forms]
    assert {answer["viewer"]["address"] for answer in answers} == {address}
    assert [answer["rateLimit"]["remaining"] for answer in answers] == [59 - number for number in range(len(forms))]


def test_a_request_that_came_through_no_proxy_has_its_own_address(behind_a_proxy: Flask) -> None:
    assert ask(behind_a_proxy, None)["viewer"]["address"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, "203.0.113.5", "127.0.0.1"),
        (1, "192.0.2.1, 198.51.100.1, 203.0.113.5:80", "203.0.113.5"),
        (2, "192.0.2.1, 198.51.100.1:80, 203.0.113.5", "198.51.100.1"),
        (3, "198.51.100.1, 203.0.113.5", "unknown"),
    ],
)
def test_the_outermost_of_our_proxies_tells_the_address(settings: Settings, hops: int, forwarded: str, address: str) -> None:
    with opened(replace(settings, proxy_hops=hops)) as app:
        assert ask(app, forwarded)["viewer"]["address"] == address


@pytest.mark.parametrize(
    ("scheme", "secure"),
    [
        ("https", True),
        ("HTTPS", True),
        ("http, https", True),
        ("http", False),
        ("https, http", False),
        ("https, x", False),
        ("javascript", False),
    ],
)
def test_only_http_and_https_become_the_scheme(behind_a_proxy: Flask, scheme: str, *, secure: bool) -> None:
    """A form that was sent over HTTPS has to say what page it was on."""
    client = behind_a_proxy.test_client()
    proof = CSRF.search(client.get("/login").get_data(as_text=True))
    assert proof
    fields = {"csrf_token": proof[1], "email": "person@example.net", "password": "not the password"}
    answer = client.post("/login", data=fields, headers={"X-Forwarded-Proto": scheme})
    assert ("This form has expired" if secure else "is wrong") in text(answer)


def test_what_has_no_address_is_told_once(behind_a_proxy: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for forwarded in ("203.0.113.5", "junk\x1b[31m", "more junk", ""):
            ask(behind_a_proxy, forwarded)
    (record,) = caplog.records
    assert record.message.startswith("No client's address can be read from 'junk\\x1b[31m'.")
    assert "PORTAL_PROXY_HOPS" in record.message


def test_on_a_unix_socket_the_server_has_no_address_to_tell(app: Flask) -> None:
    answer = app.test_client().post("/graphql", json=WHOAMI, environ_base={"REMOTE_ADDR": ""}).get_json()
    assert answer["data"]["viewer"]["address"] == "unknown"


def test_wrong_sign_ins_of_two_clients_are_counted_apart_whatever_their_ports(behind_a_proxy: Flask) -> None:
    for number, client in enumerate(["203.0.113.5:1", "203.0.113.5:2", "203.0.113.6:1", "[2001:db8::1]:1", "[2001:db8::2]:2"]):
        browser = Browser(behind_a_proxy.test_client())
        browser.client.environ_base["HTTP_X_FORWARDED_FOR"] = client
        assert "wrong" in text(browser.sign_in(f"person{number}@example.net", "not the password"))
    with behind_a_proxy.app_context():
        subjects = select(func.count(FailedSignIn.id)).group_by(FailedSignIn.subject).having(func.count() > 1)
        assert sorted(db.session.scalars(subjects)) == [2, 2]
