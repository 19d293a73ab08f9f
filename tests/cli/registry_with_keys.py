"""A small registry with API keys, behind the commands of a production portal."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.permissions import Permission, Role
from portal.access.principal import COMMAND_LINE
from portal.api_keys.lifecycle.create import issue
from portal.api_keys.lifecycle.draft import Draft
from portal.db.base import Registry
from portal.db.session import lock, next_id, now
from portal.extensions import db
from portal.models import ApiKey, Membership, Person, PersonSession
from portal.registry.organizations import Organization
from portal.settings import read
from tests.apps import opened
from tests.commands import CommandLine
from tests.people import DIGEST

READ: dict[Permission, frozenset[int] | None] = {Permission.NETWORKS_READ: None}


@contextmanager
def session_of(portal: CommandLine) -> Iterator[Session]:
    """A session on the portal's database, whose connections end with the block."""
    with opened(read(portal.environ)) as app, app.app_context():
        yield db.session()


def fill(portal: CommandLine, keys: int) -> tuple[int, list[str]]:
    """Makes an organization with a signed-in admin and keys. Returns the organization's id and those of the keys."""
    with session_of(portal) as session:
        lock(session)
        organization_id = next_id(session)
        session.add(Organization(id=organization_id, name="Example Org", latitude=None, longitude=None))
        alice = Person(email="alice@example.net", name="Alice", password_digest=DIGEST)
        session.add(alice)
        session.flush()
        session.add(Membership(organization_id=organization_id, person_id=alice.id, role=Role.ADMIN))
        session.add(PersonSession(digest="0", person_id=alice.id))
        key_ids = [issue_key(session, organization_id, f"key {number}") for number in range(keys)]
        session.commit()
    return organization_id, key_ids


def issue_key(session: Session, organization_id: int, name: str) -> str:
    """Returns the id of a new key, which isn't committed yet."""
    key, _ = issue(session, COMMAND_LINE, organization_id, Draft(name, "noc@example.net", now().date() + timedelta(days=9), grants=READ))
    return key.id


def working_keys(portal: CommandLine) -> set[str]:
    """The ids of keys that weren't revoked."""
    with session_of(portal) as session:
        return set(session.scalars(select(ApiKey.id).where(ApiKey.revoked_at.is_(None))))


def registry_row(portal: CommandLine) -> Any:
    """Epoch, version, and how many browsers are signed in."""
    with session_of(portal) as session:
        row = session.execute(select(Registry.epoch, Registry.version)).one()
        return (*row, len(session.scalars(select(PersonSession.digest)).all()))
