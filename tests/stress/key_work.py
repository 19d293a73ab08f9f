"""Members who change keys in the pages, and programs that ask with these keys. Each notes what was acknowledged."""

import json
from http.client import HTTPConnection
from itertools import count
from random import Random
from time import monotonic
from typing import Any
from urllib.request import BaseHandler

from tests.stress.ledger import Ledger, TrackedKey
from tests.stress.member import KEY_PAGE, NEW_KEY, TOKEN, Member, form_in
from tests.stress.portals import Portal

WORD = "kill"  # how the names of these keys begin
QUERY = json.dumps({"query": "{ viewer { key { name } } networks(first: 1) { nodes { name } } }"})
FEW_KEYS, MANY_KEYS = 3, 8  # of a member
PATIENCE_SECONDS = 30
CONFIRMED_SECONDS = 600.0  # after which a member signs in again
AWAY = 503  # the portal can't tell whether the act happened


class StopAtRedirect(BaseHandler):
    """A redirect acknowledges the act; the page that it leads to doesn't belong to it."""

    handler_order = 100  # before urllib's own, which follows

    def http_error_302(self, request: object, response: Any, *_: object) -> Any:
        return response


class KeyAdmin:
    """Works on keys of its own, so that it knows what each of them should be."""

    def __init__(self, member: Member, ledger: Ledger, number: int) -> None:
        self.member, self.ledger, self.number, self.numbers = member, ledger, number, count(1)
        self.random, self.keys, self.port = Random(number), list[TrackedKey](), 0
        self.signed_in = -CONFIRMED_SECONDS

    def enter(self, portal: Portal) -> None:
        """At the address where it is served now. The session stays what it is, until forms would ask for the password again."""
        self.port, self.member.url = portal.port, portal.url
        if monotonic() - self.signed_in > CONFIRMED_SECONDS:
            self.member.sign_in()
            self.member.opener.add_handler(StopAtRedirect())
            self.signed_in = monotonic()

    def act(self) -> None:
        """One act, and whether the key's tokens do what they should from then on."""
        keys = [key for key in self.keys if key.id and not key.pending and not key.state.revoked]
        if len(keys) < FEW_KEYS:
            key = self.issue()
        else:
            key = self.random.choice(keys)
            acts = [self.edit, self.disable_or_enable, self.rotate, self.revoke if len(keys) > MANY_KEYS else self.issue_another]
            self.random.choice(acts)(key)
        with self.ledger.guard:
            self.ledger.acknowledged += 1
        self.check(key)

    def issue(self) -> TrackedKey:
        name = f"{WORD} {self.number}-{next(self.numbers)}"
        path = f"{self.member.keys}/new"
        review = self.member.post(path, form_in(self.member.get(path)) | {"name": [name]} | NEW_KEY)
        form = form_in(review) | {"step": ["create"]}
        key = self.ledger.add(name)
        self.keys.append(key)
        with key.act("api_key.issued", tokens=1):
            shown = self.member.post(path, form)
        key.id, key.working = KEY_PAGE.findall(shown)[0], [TOKEN.findall(shown)[0]]
        return key

    def issue_another(self, _: TrackedKey) -> None:
        self.issue()

    def edit(self, key: TrackedKey) -> None:
        note = f"note {next(self.numbers)}"
        self.send(key, "edit", "api_key.edited", {"note": [note]}, note=note)

    def disable_or_enable(self, key: TrackedKey) -> None:
        if key.state.disabled:
            self.send(key, "enable", "api_key.enabled", {}, disabled=False)
        else:
            self.send(key, "disable", "api_key.disabled", {}, disabled=True)

    def rotate(self, key: TrackedKey) -> None:
        """Two tokens work afterwards, or the new one alone."""
        tokens = key.state.tokens
        overlaps = tokens - key.state.retired == 1 and self.random.random() < 0.5
        retired = key.state.retired if overlaps else tokens
        shown = self.send(key, "rotate", "api_key.rotated", {"overlap": ["24h" if overlaps else "now"]}, tokens=tokens + 1, retired=retired)
        if not overlaps:
            key.end_tokens()
        key.working.append(TOKEN.findall(shown)[0])

    def revoke(self, key: TrackedKey) -> None:
        self.send(key, "revoke", "api_key.revoked", {"sure": ["y"]}, revoked=True)

    def send(self, key: TrackedKey, page: str, event: str, typed: dict[str, list[str]], **changes: object) -> str:
        path = f"{self.member.keys}/{key.id}/{page}"
        form = form_in(self.member.get(path)) | typed
        with key.act(event, **changes):
            return self.member.post(path, form)

    def check(self, key: TrackedKey) -> None:
        """Its newest token and the one that ended last, at whichever worker answers."""
        expected = 200 if key.state.works else 401
        statuses = dict.fromkeys(key.working[-1:], expected) | dict.fromkeys(key.ended[-1:], 401)
        for token, status in statuses.items():
            answered = ask(self.port, key, token, self.ledger, self.random)
            if answered not in {status, AWAY}:
                self.ledger.problems.append(f"A token of {key.name} was answered with {answered} instead of {status}: {key.state}")


class KeyUser:
    """Asks with any key that there is."""

    def __init__(self, ledger: Ledger, number: int) -> None:
        self.ledger, self.random, self.port = ledger, Random(-number), 0

    def enter(self, portal: Portal) -> None:
        self.port = portal.port

    def act(self) -> None:
        keys = [key for key in list(self.ledger.keys.values()) if key.working]
        if keys:
            key = self.random.choice(keys[-30:])
            answered = ask(self.port, key, key.working[-1], self.ledger, self.random)
            if answered not in {200, 401, AWAY}:
                self.ledger.problems.append(f"A token of {key.name} was answered with {answered}")


def ask(port: int, key: TrackedKey, token: str, ledger: Ledger, random: Random) -> int:
    """Returns the answer's status. From many addresses: of one, only some wrong tokens a minute are looked at."""
    source = f"127.{random.randrange(1, 255)}.{random.randrange(1, 255)}.{random.randrange(1, 255)}"
    connection = HTTPConnection("127.0.0.1", port, PATIENCE_SECONDS, source_address=(source, 0))
    with ledger.guard:
        key.requests += 1
    try:
        connection.request("POST", "/graphql", QUERY, {"Content-Type": "application/json", "Authorization": f"Bearer {token}"})
        response = connection.getresponse()
        response.read()
    finally:
        connection.close()
    with ledger.guard:
        ledger.answers += 1
    return response.status
