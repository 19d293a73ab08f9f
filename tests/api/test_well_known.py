"""/.well-known/: security.txt, and the description of tokens, which is enough to find and report one."""

import re
import zlib
from dataclasses import replace
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from portal.api_keys.token import make_token, read_token
from portal.db.session import now
from portal.extensions import settings

TOKENS, SECURITY = "/.well-known/peering-portal-token.json", "/.well-known/security.txt"


def test_security_txt_names_the_operators_contact_and_is_good_for_less_than_a_year(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        app.config["SETTINGS"] = replace(
            settings(), security_contact="mailto:security@example.net", public_url="https://portal.example.net"
        )
    response = client.get(SECURITY)
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = dict(line.split(": ", 1) for line in response.get_data(as_text=True).splitlines())
    assert timedelta(days=30) < datetime.fromisoformat(lines.pop("Expires")) - now() < timedelta(days=365)
    assert lines == {
        "Contact": "mailto:security@example.net",
        "Preferred-Languages": "en",
        "Canonical": "https://portal.example.net/.well-known/security.txt",
    }


def test_without_a_contact_there_is_no_security_txt(client: FlaskClient) -> None:
    assert client.get(SECURITY).status_code == 404


def test_the_description_finds_a_token_and_knows_it_from_a_look_alike(client: FlaskClient) -> None:
    description = client.get(TOKENS).get_json()
    token = make_token().reveal()
    (match,) = re.findall(description["pattern"], f"export KEY='{token}'")
    assert (match, len(match)) == (token, description["length"])
    digits, number = description["checksum"]["digits"], 0
    for letter in match[-6:]:
        number = number * 62 + digits.index(letter)
    assert number == zlib.crc32(match[:-6].encode())


def test_its_worked_example_is_right(client: FlaskClient) -> None:
    example = client.get(TOKENS).get_json()["checksum"]["example"]
    assert example["checked"] + example["checksum"] == example["token"]
    assert zlib.crc32(example["checked"].encode()) == example["crc32"]
    assert read_token(example["token"])


def test_a_report_as_it_describes_is_taken(client: FlaskClient) -> None:
    report = client.get(TOKENS).get_json()["report"]
    path = report["url"].removeprefix("http://127.0.0.1:8000")
    assert client.open(path, method=report["method"], json=report["body"]).status_code == report["status"]
    assert client.get(report["page"].removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_scanners_may_keep_it_and_are_given_no_cookie(client: FlaskClient) -> None:
    headers = client.get(TOKENS).headers
    assert headers["Cache-Control"] == "public, max-age=86400"
    assert "Set-Cookie" not in headers
