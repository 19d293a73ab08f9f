"""Every form of every page, with each of its fields as no browser of ours sends it: refused in words, or taken, but never a failure."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

import portal.pages
from portal.extensions import db
from portal.models import ApiKey
from portal.pages.activity.forms import ActivityForm
from tests.attacks.odd_forms import Submission, submissions
from tests.browser import CSRF, Browser
from tests.people import Robot
from tests.registry import Records
from tests.routes import routes
from tests.shared import Shared

IN_JSON = {"api.graphql", "api.leaked_keys", "api.rotate"}
CSRF_FIELD = "csrf_token"
READ_BY_VIEWS = re.compile(r'request\.form(?:\.get(?:list)?\(|\[)"(\w+)"|"(\w+)" in request\.form')
# Field → values. A browser of ours sends one text in UTF-8 for each.
ODD_VALUES: dict[str, list[bytes]] = {
    "missing": [],
    "repeated": [b"once", b"twice"],
    "U+000B": [b"\x0b"],
    "NUL": [b"a\0b"],
    "malformed UTF-8": [b"\xff \xed\xa0\x80"],  # the second is a lone surrogate
    "very long": [b"x" * 200_000],
    "Arabic digits": ["١٢".encode()],
    "10^400": [b"1" + b"0" * 400],
    "an id beyond every column": [b"networks:update=99999999999999999999"],
    "the last day of all": [b"9999-12-31"],
}
Send = Callable[..., TestResponse]


@pytest.fixture
def forms(app: Flask, subject: Robot, records: Records) -> list[Submission]:
    with app.app_context():
        changed = db.session.scalars(select(ApiKey.changed).where(ApiKey.id == subject.key_id)).one()
    return submissions(subject, changed, records["net"])


@pytest.fixture
def send(shared: Shared, visit: Callable[[str], Browser], addresses: Callable[..., str]) -> Send:
    """Sends a form as Alice, who is signed in, with other values in some fields; the database is each time as it was before."""
    client = visit("alice").client
    token = CSRF.search(client.get("/account").get_data(as_text=True))
    with client.session_transaction() as cookie:
        signed_in = dict(cookie)
    shared.database.store("odd forms")

    def sent(form: Submission, encode: Callable[[dict[str, Any]], tuple[str, bytes]] = urlencoded, **other: Any) -> TestResponse:
        shared.database.restore("odd forms")
        with client.session_transaction() as cookie:
            cookie.clear()
            cookie.update(signed_in)
        assert token
        content_type, body = encode({CSRF_FIELD: token[1]} | form.fields | other)
        return client.post(
            addresses(form.endpoint, **form.place), data=body, content_type=content_type, headers={"Referer": "http://localhost/"}
        )

    return sent


def urlencoded(fields: dict[str, Any]) -> tuple[str, bytes]:
    return "application/x-www-form-urlencoded", urlencode(fields, doseq=True).encode()


def multipart(fields: dict[str, Any]) -> tuple[str, bytes]:
    boundary, body = encode_multipart(fields)
    return f"multipart/form-data; boundary={boundary}", body


def fields_of(form: type[FlaskForm]) -> set[str]:
    """The fields of the form's class and of all that inherit from it, but those that are made from the registry's columns."""
    if "kind" in vars(form):
        return set()
    own = {name for name, value in vars(form).items() if hasattr(value, "field_class")}
    return own.union(*(fields_of(subclass) for subclass in form.__subclasses__()))


def test_every_form_and_every_field_is_looked_at(app: Flask, forms: list[Submission]) -> None:
    assert {form.endpoint for form in forms} == {endpoint for endpoint, method in routes(app) if method == "POST"} - IN_JSON
    views = Path(portal.pages.__file__).parent.rglob("*.py")
    read = {name for path in views for names in READ_BY_VIEWS.findall(path.read_text("utf-8")) for name in names if name}
    of_columns = {name for form in forms if form.endpoint.startswith("records.") for name in form.names}
    fields = (fields_of(FlaskForm) - fields_of(ActivityForm) | read) - {CSRF_FIELD}
    assert {"version", "opened", "place"} <= fields & of_columns
    assert {name for form in forms for name in form.names} == fields | of_columns


def test_each_form_is_taken_as_it_is_filled_in(forms: list[Submission], send: Send) -> None:
    """So that an odd field gets as far as a right one."""
    answered = [(form.endpoint, send(form).status_code) for form in forms]
    assert [answer for answer in answered if answer[1] not in {200, 302}] == []


@pytest.mark.parametrize("size", [0, 3, 600_000])  # the last is more than is kept in memory
def test_a_file_is_refused_in_place_of_any_text(size: int, forms: list[Submission], send: Send) -> None:
    answered = {}
    for form in forms:
        for name in (*form.names, "a field that no form has"):
            answered[form.endpoint, name] = send(form, multipart, **{name: FileStorage(BytesIO(b"x" * size), "text.txt")}).status_code
    assert {place: status for place, status in answered.items() if status != 400} == {}


@pytest.mark.parametrize("odd", ODD_VALUES)
def test_no_field_makes_a_page_fail(odd: str, forms: list[Submission], send: Send) -> None:
    answered = {(form.endpoint, name): send(form, **{name: ODD_VALUES[odd]}).status_code for form in forms for name in form.names}
    assert {place: status for place, status in answered.items() if status >= 429} == {}


@pytest.mark.parametrize("odd", ODD_VALUES)
def test_a_number_of_days_that_is_none_is_told(odd: str, forms: list[Submission], send: Send) -> None:
    form = next(form for form in forms if form.endpoint == "api_key_policy.edit")
    assert send(form, longest_days=ODD_VALUES[odd]).status_code == 400
