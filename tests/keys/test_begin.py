"""A write asks again under the lock: a key that was stopped or narrowed since it was checked writes nothing."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import begin
from portal.access.token_refusals import MESSAGES, Reason, TokenRefused, unknown_message
from portal.api_keys.authenticate.authenticate import Origin, admit, credential
from portal.api_keys.authenticate.impersonate import impersonate
from portal.db.reader import Snapshot
from portal.db.session import lock, now
from portal.errors import Forbidden, NotFound, PortalError
from portal.extensions import db
from portal.models import ApiKey, ApiKeyGrant, ApiKeyGrantObject, ApiKeyToken
from portal.registry.organizations import Organization
from tests.people import People, Robot

MakeRobot = Callable[..., Robot]
UPDATE = Permission.NETWORKS_UPDATE
LISTED, OTHER = 20, 21
PAST = timedelta(seconds=-1)
STOPS: dict[str, tuple[Reason, Any, dict[str, Any]]] = {
    "revoked": (Reason.REVOKED, ApiKey, {"revoked_at": PAST}),
    "disabled": (Reason.DISABLED, ApiKey, {"disabled_at": PAST}),
    "expired": (Reason.EXPIRED, ApiKey, {"expires_at": PAST}),
    "frozen": (Reason.FROZEN, Organization, {"keys_frozen": True}),
    "of a deleted organization": (Reason.FROZEN, Organization, {"status": "deleted"}),
    "leaked": (Reason.LEAKED, ApiKeyToken, {"leaked_at": PAST}),
    "retired": (Reason.RETIRED, ApiKeyToken, {"retires_at": PAST}),
    "bound to other addresses": (Reason.ADDRESS, ApiKey, {"addresses": ["198.51.100.0/24"]}),
}


def checked(key: Robot) -> Principal:
    """The caller that the key's request was found to be."""
    with Snapshot(db.engine) as snapshot:
        return admit(credential([f"Bearer {key.token}"]), Origin("192.0.2.1"), snapshot).principal


def begin_after(app: Flask, principal: Principal, statement: Any, object_id: int | None = None) -> PortalError | None:
    """What begin() raises, in a thread of its own that waits for the lock, which this one holds until its statement is committed."""
    raised, checked_once, organization_id = list[PortalError](), Event(), principal.organization_id
    assert organization_id is not None

    def write() -> None:
        with app.app_context():
            checked_once.set()
            try:
                begin(db.session(), principal, UPDATE, organization_id, object_id)
            except PortalError as error:
                raised.append(error)
            finally:
                db.session.rollback()

    thread = Thread(target=write)
    with app.app_context(), Session(db.engine) as other:
        lock(other)
        thread.start()
        checked_once.wait()
        other.execute(statement.execution_options(synchronize_session=False))
        other.commit()
    thread.join()
    return raised[0] if raised else None


def grant(key: Robot) -> Any:
    return select(ApiKeyGrant.id).where(ApiKeyGrant.api_key_id == key.key_id, ApiKeyGrant.action == "update").scalar_subquery()


def listed(app: Flask, robot: MakeRobot) -> tuple[Robot, Principal]:
    """A key that may update two objects. Nothing asks yet whether they are there."""
    key = robot("networks:read", "networks:update")
    with app.app_context():
        lock(db.session())
        db.session.execute(update(ApiKeyGrant).where(ApiKeyGrant.id == grant(key)).values(whole=False))
        line = db.session.scalar(select(ApiKeyGrant.id).where(ApiKeyGrant.id == grant(key)))
        db.session.execute(insert(ApiKeyGrantObject), [{"grant_id": line, "object_id": number} for number in (LISTED, OTHER)])
        db.session.commit()
        return key, checked(key)


@pytest.mark.parametrize("stop", STOPS)
def test_a_key_that_was_stopped_meanwhile_writes_nothing(stop: str, app: Flask, robot: MakeRobot) -> None:
    key, (reason, model, values) = robot("networks:update"), STOPS[stop]
    with app.app_context():
        principal = checked(key)
    changed = {name: now() + value if isinstance(value, timedelta) else value for name, value in values.items()}
    refused = begin_after(app, principal, update(model).values(**changed))
    assert isinstance(refused, TokenRefused)
    assert (refused.reason, refused.message) == (reason, MESSAGES.get(reason) or unknown_message("192.0.2.1"))


def test_a_token_that_is_gone_writes_nothing(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:update")
    with app.app_context():
        principal = checked(key)
    refused = begin_after(app, principal, delete(ApiKeyToken).where(ApiKeyToken.api_key_id == key.key_id))
    assert isinstance(refused, TokenRefused)


def test_a_key_that_nobody_touched_writes(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:update")
    with app.app_context():
        principal = checked(key)
    assert begin_after(app, principal, update(ApiKey).where(ApiKey.id == key.key_id).values(note="Changed")) is None


def test_a_grant_that_was_removed_meanwhile_is_gone(app: Flask, robot: MakeRobot) -> None:
    key = robot("networks:read", "networks:update")
    with app.app_context():
        principal = checked(key)
    refused = begin_after(app, principal, delete(ApiKeyGrant).where(ApiKeyGrant.id == grant(key)))
    assert isinstance(refused, Forbidden)
    assert (refused.required, "lacks networks:update" in refused.message) == ((UPDATE,), True)


def test_a_key_writes_to_listed_objects_only(app: Flask, robot: MakeRobot) -> None:
    _, principal = listed(app, robot)
    with app.app_context():
        begin(db.session(), principal, UPDATE, principal.organization_id or 0, LISTED)
        db.session.rollback()
        for object_id in (LISTED + 5, None):
            with pytest.raises(Forbidden, match="networks:update for chosen objects only"):
                begin(db.session(), principal, UPDATE, principal.organization_id or 0, object_id)


@pytest.mark.parametrize(("object_id", "writes"), [(LISTED, False), (OTHER, True)])
def test_an_object_that_was_taken_off_the_list_meanwhile_is_gone(object_id: int, writes: bool, app: Flask, robot: MakeRobot) -> None:
    key, principal = listed(app, robot)
    gone = delete(ApiKeyGrantObject).where(ApiKeyGrantObject.grant_id == grant(key), ApiKeyGrantObject.object_id == LISTED)
    refused = begin_after(app, principal, gone, object_id)
    assert refused is None if writes else isinstance(refused, Forbidden)


def test_a_key_writes_in_its_own_organization_only(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:update")
    with app.app_context(), pytest.raises(NotFound):
        begin(db.session(), checked(key), UPDATE, people.theirs)


def test_nothing_is_written_as_a_key_whose_token_nobody_sent(app: Flask, people: People, robot: MakeRobot) -> None:
    key = robot("networks:update")
    with app.app_context():
        acting = impersonate(db.session(), people.principal("alice"), people.ours, key.key_id)
        db.session.commit()
        with pytest.raises(Forbidden, match="without its token"):
            begin(db.session(), acting.principal, UPDATE, people.ours)
