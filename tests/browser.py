"""A browser without JavaScript: follows redirects, sends forms with the CSRF token of the page they stand on."""

import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Browser:
    """One cookie jar; what a reader sees is `text(response)`."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, url: str, *, follow: bool = True) -> TestResponse:
        return self.client.get(url, follow_redirects=follow)

    def submit(self, url: str, data: dict[str, Any] | None = None, *, page: str | None = None, follow: bool = True) -> TestResponse:
        """Opens `page` (by default the form's own address) and sends the form from there."""
        form = self.get(page or url)
        match = CSRF.search(form.get_data(as_text=True))
        token = {"csrf_token": match[1]} if match else {}
        return self.client.post(
            url, data=token | (data or {}), follow_redirects=follow, headers={"Referer": f"http://localhost{page or url}"}
        )

    def sign_in(self, email: str, password: str) -> TestResponse:
        return self.submit("/login", {"email": email, "password": password})


def text(response: TestResponse) -> str:
    """The page's words without tags, blanks folded."""
    bare = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", response.get_data(as_text=True), flags=re.S)
    return " ".join(unescape(bare).split())
