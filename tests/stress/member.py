"""An organization's admin at work in the served pages, as a browser without JavaScript would be."""

import re
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from tests.pages.forms import FormReader, Values

TOKEN, KEY_PAGE = re.compile(r"pport_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}"), re.compile(r"/keys/(key_[0-9A-Za-z]{12})\b")
PATIENCE_SECONDS = 30
LOOPBACK = DefaultCookiePolicy(secure_protocols=("http", "https"))  # gets cookies that are for TLS alone, too, as from browsers
NEW_KEY = {"notify_email": ["noc@example.net"], "expires": ["90"], "grants": ["networks:read"]}


class Member:
    """Cookies of one browser. Everything raises HTTPError where the portal refuses, and OSError where it doesn't answer."""

    def __init__(self, url: str, organization: str, email: str, password: str, address: str = "192.0.2.1") -> None:
        self.address = address
        self.url, self.keys, self.credentials = url, f"/organizations/{organization}/keys", {"email": email, "password": password}
        self.opener = browser(self.address)

    def get(self, path: str) -> str:
        """The page's HTML."""
        return self.ask(path, None)

    def post(self, path: str, values: Values) -> str:
        return self.ask(path, urlencode(values, doseq=True).encode())

    def ask(self, path: str, body: bytes | None) -> str:
        with self.opener.open(urljoin(self.url, path), body, PATIENCE_SECONDS) as response:
            return str(response.read().decode())

    def send(self, path: str, **typed: str) -> str:
        """Opens the form, types into it and sends it."""
        return self.post(path, form_in(self.get(path)) | {name: [value] for name, value in typed.items()})

    def sign_in(self) -> None:
        """Also once more: an hour after it, keys can't be changed."""
        before, self.opener = self.opener, browser(self.address)
        try:
            assert "Sign out" in self.send("/login", **self.credentials), "not signed in"
        except (AssertionError, OSError):
            self.opener = before
            raise

    def issue_key(self, name: str) -> tuple[str, str]:
        """The new key's id and token. When this returns, the portal has acknowledged it."""
        path = f"{self.keys}/new"
        review = self.post(path, form_in(self.get(path)) | {"name": [name]} | NEW_KEY)
        shown = self.post(path, form_in(review) | {"step": ["create"]})
        return KEY_PAGE.findall(shown)[0], TOKEN.findall(shown)[0]

    def revoke_key(self, key_id: str) -> None:
        """As long as it hasn't been used, this needs no tick."""
        self.send(f"{self.keys}/{key_id}/revoke", sure="y")

    def disable_key(self, key_id: str) -> None:
        self.send(f"{self.keys}/{key_id}/disable")


def browser(address: str) -> OpenerDirector:
    """Comes from that address, if the portal believes a proxy."""
    opener = build_opener(HTTPCookieProcessor(CookieJar(LOOPBACK)))
    opener.addheaders = [("X-Forwarded-For", address)]
    return opener


def form_in(html: str) -> Values:
    """What the page's last form would send."""
    reader = FormReader()
    reader.feed(html)
    return reader.forms[-1]
