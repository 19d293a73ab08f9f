"""A token that was found somewhere leads to its key, and none of its secret goes any further."""

import logging
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from portal.api_keys.authenticate.lookup import cut
from portal.api_keys.token import make_token
from portal.errors import Invalid
from tests.browser import Browser, text
from tests.pages.forms import form_of
from tests.people import People, Robot

Visit = Callable[[str], Browser]
MakeRobot = Callable[..., Robot]
SECRET = slice(19, None)


def find(browser: Browser, people: People, what: str) -> TestResponse:
    return browser.submit(f"/organizations/{people.ours}/keys/find", {"token": what}, follow=False)


@pytest.mark.parametrize(
    "shape", ["{id}", "{bare}", "{token}", " {token}\n", "Authorization: Bearer {token}", "https://x.example/?k={token}&y=1"]
)
@pytest.mark.parametrize("name", ["alice", "bob"])
def test_a_token_or_its_beginning_leads_to_its_key(people: People, visit: Visit, robot: MakeRobot, shape: str, name: str) -> None:
    key = robot("networks:read")
    answer = find(visit(name), people, shape.format(id=key.token[:18], bare=key.token[6:18], token=key.token))
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/organizations/{people.ours}/keys/{key.key_id}")


def test_another_organizations_token_is_told_like_an_unknown_one(people: People, visit: Visit, robot: MakeRobot) -> None:
    browser = visit("alice")
    theirs, unknown = robot("networks:read", charlie=True).token, make_token().reveal()
    answers = [find(browser, people, token) for token in (theirs, unknown)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert "No API key of this organization has this token." in text(answers[0])
    assert said_of(answers[0], theirs) == said_of(answers[1], unknown)


def said_of(answer: TestResponse, token: str) -> str:
    return text(answer).replace(token[:18], "")


@pytest.mark.parametrize("cut_off", [0, 1, 30])
def test_the_secret_of_a_whole_token_is_neither_shown_nor_logged(
    people: People, visit: Visit, robot: MakeRobot, caplog: pytest.LogCaptureFixture, cut_off: int
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = visit("alice")
    for token in (robot("networks:read").token, make_token().reveal()):
        answer = find(browser, people, token[: len(token) - cut_off])
        shown = answer.get_data(as_text=True) + str(answer.headers) + caplog.text
        assert token[SECRET][:8] not in shown
        assert token[:18] in shown or answer.status_code == 302


@pytest.mark.parametrize("what", ["", "pport_", "pport_short", "nothing like it", f"_{'a' * 38}", f"pport_{'a' * 51}", f"pport_{'é' * 12}"])
def test_what_holds_no_token_id_is_refused_and_not_shown_again(people: People, visit: Visit, what: str) -> None:
    answer = find(visit("alice"), people, what)
    assert answer.status_code == 400
    assert form_of(answer)["token"] == [""]


def test_the_list_of_keys_leads_there(people: People, visit: Visit) -> None:
    page = visit("bob").get(f"/organizations/{people.ours}/keys").get_data(as_text=True)
    assert f"/organizations/{people.ours}/keys/find" in page


def test_a_cut_text_holds_twelve_characters() -> None:
    token = make_token()
    assert cut(token.reveal()) == cut(f"pport_{token.token_id}") == token.token_id
    with pytest.raises(Invalid):
        cut(f"pport_{token.token_id}x")
