"""Alice (admin), Erin (editor), Bob (viewer), Charlie (another organization's admin), Dave (of none), Olga (operator), robots (keys)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import bcrypt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.access.permissions import Permission, Role
from portal.access.principal import Kind, Principal
from portal.accounts import passwords
from portal.accounts.sessions import begin_session
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.db.session import lock, next_id, now
from portal.extensions import db
from portal.models import Membership, Person
from portal.registry.organizations import Organization
from tests.browser import Browser

PASSWORD = "correct horse battery staple"
DIGEST = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()  # a real digest, only cheaper to make and check


@dataclass(frozen=True)
class People:
    """Ids of the two organizations and e-mail addresses by first name."""

    ours: int
    theirs: int
    ids: dict[str, int]

    def principal(self, name: str, *, confirmed: bool = True) -> Principal:
        """The principal that a page would make of the person, for calling rules directly."""
        roles = {
            "alice": {self.ours: Role.ADMIN},
            "erin": {self.ours: Role.EDITOR},
            "bob": {self.ours: Role.VIEWER},
            "charlie": {self.theirs: Role.ADMIN},
        }
        kind = Kind.OPERATOR if name == "olga" else Kind.MEMBER
        return Principal(kind, str(self.ids[name]), name.title(), roles=roles.get(name, {}), confirmed_at=now() if confirmed else None)


ROLES = {"alice": Role.ADMIN, "erin": Role.EDITOR, "bob": Role.VIEWER}


def add_people(session: Session) -> People:
    lock(session)
    ours, theirs = next_id(session), next_id(session)
    session.add(Organization(id=ours, name="Example Org", latitude=None, longitude=None))
    session.add(Organization(id=theirs, name="Other Org", latitude=None, longitude=None))
    ids = {}
    for name in ("alice", "erin", "bob", "charlie", "dave", "olga"):
        person = Person(email=f"{name}@example.net", name=name.title(), password_digest=DIGEST, operator=name == "olga")
        session.add(person)
        session.flush()
        ids[name] = person.id
    for name, role in ROLES.items():
        session.add(Membership(organization_id=ours, person_id=ids[name], role=role))
    session.add(Membership(organization_id=theirs, person_id=ids["charlie"], role=Role.ADMIN))
    session.commit()
    return People(ours, theirs, ids)


@pytest.fixture
def browser(client: FlaskClient) -> Browser:
    """Signed out."""
    return Browser(client)


@pytest.fixture
def visit(app: Flask, people: People) -> Callable[[str], Browser]:
    """`visit("alice")`: a browser of its own in which that person is signed in, by a session's row and its cookie."""

    def with_cookie(name: str) -> Browser:
        client = app.test_client()
        with app.app_context():
            session_id = begin_session(db.session(), people.principal(name), people.ids[name])
            db.session.commit()
        with client.session_transaction() as cookie:
            cookie.update(_user_id=session_id, _fresh=True)
        return Browser(client)

    return with_cookie


@pytest.fixture
def sign_in(app: Flask, people: People) -> Callable[[str], Browser]:
    """`sign_in("alice")`: like `visit`, but through the page, where signing in is what is tested."""

    def through_the_page(name: str) -> Browser:
        browser = Browser(app.test_client())
        browser.sign_in(f"{name}@example.net", PASSWORD)
        return browser

    return through_the_page


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """bcrypt as everywhere, only with fewer rounds; the real number is looked at where passwords are tested."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "ROUNDS", 4)
        patch.setattr(passwords, "DIGEST_OF_NO_ONE", DIGEST)
        yield


@dataclass(frozen=True)
class Robot:
    """A key that was issued for a test, with the token that only the test knows."""

    key_id: str
    token: str
    organization_id: int

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture
def robot(app: Flask, people: People) -> Callable[..., Robot]:
    """`robot("networks:read", "contacts:read")`: a key of Example Org with these grants; `charlie=True` for Other Org's."""

    def make(*grants: str, name: str = "robot", charlie: bool = False, objects: dict[str, frozenset[int]] | None = None) -> Robot:
        organization = people.theirs if charlie else people.ours
        chosen: dict[Permission, frozenset[int] | None] = {Permission(grant): None for grant in grants}
        chosen |= {Permission(grant): ids for grant, ids in (objects or {}).items()}
        draft = Draft(name, "noc@example.net", now().date() + timedelta(days=90), grants=chosen)
        with app.app_context():
            principal = people.principal("charlie" if charlie else "alice")
            key, token = issue(db.session(), principal, organization, draft)
            db.session.commit()
            return Robot(key.id, token.reveal(), organization)

    return make
