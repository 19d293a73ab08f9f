"""Tokens: their ids, how they are answered, and how they are rotated."""

from portal.api_keys.authenticate.authenticate import Origin, admit, credential
from portal.api_keys.lifecycle.rotate import Overlap, rotate
from portal.api_keys.token import read_token
from portal.db.reader import Snapshot
from portal.errors import Unauthenticated
from portal.extensions import db
from portal.models import ApiKeyToken
from tests.people import People, Robot


def token_id(text: str) -> str:
    token = read_token(text)
    assert token is not None
    return token.token_id


def turn(people: People, key: Robot, seen: str, overlap: Overlap = Overlap.DAY, name: str = "alice") -> str:
    """The new token."""
    session = db.session()
    _, token = rotate(session, people.principal(name), people.ours, key.key_id, seen=token_id(seen), overlap=overlap)
    session.commit()
    return token.reveal()


def answer_to(text: str) -> str:
    """`key`, or with which words it is refused."""
    with Snapshot(db.engine) as opened:
        try:
            return admit(credential([f"Bearer {text}"]), Origin("192.0.2.1"), opened).principal.kind
        except Unauthenticated as refusal:
            return refusal.message


def stored(text: str) -> ApiKeyToken:
    db.session.rollback()
    return db.session.get_one(ApiKeyToken, token_id(text))
