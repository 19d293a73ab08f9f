"""Reads the forms of a page as a browser does: which fields would be sent with which values."""

from html.parser import HTMLParser

from werkzeug.test import TestResponse

from tests.browser import Browser

Values = dict[str, list[str]]


class FormReader(HTMLParser):
    """The page's last form with the method POST; Sign out in the header comes before it."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Values] = []
        self.inside = False
        self.area = ""
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("method") == "post"
            self.forms += [{}] if self.inside else []
        elif self.inside and tag == "textarea":
            self.area = given["name"]
            self.forms[-1][self.area] = [""]
        elif self.inside and tag == "select":
            self.select = given.get("name", "")
        elif self.inside and self.select and tag == "option" and "selected" in given:
            self.add(self.select, given["value"])
        elif self.inside and tag == "input" and "name" in given and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
            self.add(given["name"], given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "textarea":
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.forms[-1][self.area][0] += data.removeprefix("\r\n").removeprefix("\n")

    def add(self, name: str, value: str) -> None:
        self.forms[-1].setdefault(name, []).append(value)


def form_of(response: TestResponse) -> Values:
    """Name → values, as they would be sent."""
    reader = FormReader()
    reader.feed(response.get_data(as_text=True))
    return reader.forms[-1]


def chosen_grants(response: TestResponse) -> set[str]:
    """What a key's form grants as it stands, one text for each chosen object."""
    values = [value.partition("=") for value in form_of(response).get("grants", []) if not value.endswith(("=none", "=chosen"))]
    return {f"{permission}{sign}{identity}" for permission, sign, ids in values for identity in ids.split(",")}


def finish(browser: Browser, url: str, answer: TestResponse, step: str = "create") -> TestResponse:
    """Presses the button of a review; an answer that is none is given back."""
    if answer.status_code != 200 or "reviewed" not in form_of(answer):
        return answer
    return browser.client.post(url, data=form_of(answer) | {"step": [step]})
