"""The pages of API keys, and what tests do there."""

from datetime import datetime

from flask import Flask

from portal.db.session import begin_writing
from portal.extensions import db
from portal.models import ApiKeyDay
from tests.browser import Browser, text
from tests.e2e.journeys import TOKEN
from tests.pages.forms import form_of
from tests.people import People, Robot
from tests.rows import change_key


def keys_of(people: People) -> str:
    return f"/organizations/{people.ours}/keys"


def use_key(app: Flask, key: Robot, at: datetime, ok: int = 3, denied: int = 1) -> None:
    change_key(app, key, last_used_at=at, last_used_address="192.0.2.77", last_used_agent="build-script/2.0")
    with app.app_context():
        begin_writing(db.session())
        db.session.add(ApiKeyDay(api_key_id=key.key_id, day=at.date(), ok=ok, denied=denied, limited=0, errors=0, points=4))
        db.session.commit()


def key_page(key: Robot, act: str = "") -> str:
    return f"/organizations/{key.organization_id}/keys/{key.key_id}{act}"


def rotate(browser: Browser, key: Robot, **typed: str) -> str:
    """The token that the page shows once."""
    answer = browser.client.post(key_page(key, "/rotate"), data=form_of(browser.get(key_page(key, "/rotate"))) | typed)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    match = TOKEN.search(text(answer))
    assert match, text(answer)
    return match[0]
