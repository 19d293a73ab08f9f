"""The demo's keys are in every state, its past is in order, and nobody holds a token of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from portal.access.key_state import State, states_of
from portal.access.principal import COMMAND_LINE
from portal.audit.record import chain
from portal.db.base import FIRST_LOCAL_ID
from portal.db.session import now
from portal.demo.build import build
from portal.extensions import db, settings
from portal.models import (
    ApiKey,
    ApiKeyDay,
    ApiKeyMissingScope,
    ApiKeyOperation,
    ApiKeySource,
    ApiKeyToken,
    AuditRow,
    Membership,
    Person,
    Refusal,
)
from portal.registry.organizations import Organization
from tests.apps import opened, settings_for
from tests.engines import Engine


@pytest.fixture(scope="module")
def registry(sqlite: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One demo for all of them, which nobody changes; how both engines store it is told by its records."""
    with sqlite.fresh() as url, opened(settings_for(url, tmp_path_factory.mktemp("data"))) as app, app.app_context():
        build(db.session(), COMMAND_LINE)
        db.session.commit()
        yield app
        db.session.remove()


@pytest.fixture
def keys(registry: Flask) -> dict[str, ApiKey]:
    """By name, with their tokens."""
    return {key.name: key for key in db.session.scalars(select(ApiKey).options(selectinload(ApiKey.tokens)))}


def state(key: ApiKey) -> State:
    organization = db.session.get_one(Organization, key.organization_id)
    return states_of(
        expires_at=key.expires_at,
        disabled_at=key.disabled_at,
        revoked_at=key.revoked_at,
        leaked=any(token.leaked_at is not None for token in key.tokens if token.retires_at is None),
        frozen=organization.keys_frozen,
        organization_status=organization.status,
        at=now(),
    )[0]


def test_the_admins_organization_has_keys_in_every_state(keys: dict[str, ApiKey]) -> None:
    states = {name: state(key) for name, key in keys.items() if key.organization_id == FIRST_LOCAL_ID}
    assert states == {
        "Looking glass": State.ACTIVE,
        "Nightly router build": State.ACTIVE,
        "Peering finder": State.ACTIVE,
        "Terraform records": State.ACTIVE,
        "Status board": State.ACTIVE,
        "Inventory sync": State.EXPIRED,
        "Contractor export": State.REVOKED,
        "Staging tests": State.DISABLED,
        "Old monitoring": State.LEAKED,
    }


def test_one_expires_in_ten_days_one_is_unused_and_one_is_rotating(keys: dict[str, ApiKey]) -> None:
    soon = keys["Peering finder"].expires_at
    assert soon is not None
    assert soon.date() == (now() + timedelta(days=10)).date()
    assert keys["Terraform records"].last_used_at is None
    old, new = keys["Status board"].tokens
    assert old.retires_at is not None
    assert old.retires_at > now()
    assert (new.retires_at, new.first_used_at) == (None, None)


def test_a_key_lives_on_though_the_person_who_issued_it_is_gone(keys: dict[str, ApiKey]) -> None:
    assert keys["Looking glass"].issued_by == "Lena Brandt"
    assert db.session.scalar(select(Person.id).where(Person.name == "Lena Brandt")) is None


def test_thirty_days_of_use_end_when_the_key_ends(keys: dict[str, ApiKey]) -> None:
    for key in keys.values():
        days = db.session.scalars(select(ApiKeyDay.day).where(ApiKeyDay.api_key_id == key.id).order_by(ApiKeyDay.day)).all()
        if key.last_used_at is None:
            assert days == []
            continue
        ends = (key.expires_at, key.revoked_at, key.disabled_at, now(), *(token.leaked_at for token in key.tokens))
        ended = min(moment for moment in ends if moment)
        assert days[0] == (now() - timedelta(days=29)).date()
        assert days[-1] == key.last_used_at.date() == ended.date()
        assert key.created < key.last_used_at <= ended


def test_the_audit_is_one_chain_in_the_order_of_time(registry: Flask) -> None:
    before = b""
    rows = db.session.scalars(select(AuditRow).order_by(AuditRow.number)).all()
    for row in rows:
        assert row.mac == chain(settings().audit_key, before, row)
        before = row.mac
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    assert rows[-1].event == "registry.demo_built"


def test_every_act_on_a_key_stands_in_the_audit_when_it_happened(registry: Flask, keys: dict[str, ApiKey]) -> None:
    for key in keys.values():
        entries = {row.event: row for row in db.session.scalars(select(AuditRow).where(AuditRow.subject_id == key.id))}
        assert entries["api_key.issued"].at == key.created
        assert key.expires_at is not None
        assert entries["api_key.issued"].details["expires_on"] == key.expires_at.date().isoformat()
        old, new = key.tokens[0], key.tokens[-1]
        acts = {"revoked": key.revoked_at, "disabled": key.disabled_at, "leaked": new.leaked_at, "rotated": old.retires_at and new.created}
        for act, at in acts.items():
            assert (entries[f"api_key.{act}"].at if at else None) == at
            assert (f"api_key.{act}" in entries) == (at is not None)


def test_the_people_have_their_roles(registry: Flask) -> None:
    people = db.session.execute(
        select(Person.email, Person.operator, Membership.organization_id, Membership.role).outerjoin(
            Membership, Membership.person_id == Person.id
        )
    ).all()
    roles = {(row.email, row.role) for row in people}
    assert {
        ("admin@example.net", "admin"),
        ("editor@example.net", "editor"),
        ("viewer@example.net", "viewer"),
        ("admin@example.org", "admin"),
        ("operator@example.net", None),
    } <= roles
    assert [row.email for row in people if row.operator] == ["operator@example.net"]
    assert len({row.organization_id for row in people if row.role == "admin"}) > 1


def test_two_demos_share_no_credential(registry: Flask, sqlite: Engine, tmp_path_factory: pytest.TempPathFactory) -> None:
    def credentials() -> set[object]:
        return {
            *db.session.scalars(select(ApiKeyToken.token_id)),
            *db.session.scalars(select(Person.password_digest)),
            *db.session.scalars(select(ApiKey.id)),
        }

    first = credentials()
    with sqlite.fresh() as url, opened(settings_for(url, tmp_path_factory.mktemp("data"))) as app, app.app_context():
        build(db.session(), COMMAND_LINE)
        assert db.session.scalar(select(func.count()).select_from(ApiKeyToken)) == 12
        assert first.isdisjoint(credentials())
        db.session.remove()


def test_the_account_in_detail_agrees_with_its_sums(registry: Flask, keys: dict[str, ApiKey]) -> None:
    requests = ApiKeyDay.ok + ApiKeyDay.denied + ApiKeyDay.limited + ApiKeyDay.errors
    days = sums(select(ApiKeyDay.api_key_id, ApiKeyDay.day, requests, ApiKeyDay.points))
    named = select(ApiKeyOperation.api_key_id, ApiKeyOperation.day, func.sum(ApiKeyOperation.requests), func.sum(ApiKeyOperation.points))
    assert sums(named.group_by(ApiKeyOperation.api_key_id, ApiKeyOperation.day)) == days
    denied = select(ApiKeyDay.api_key_id, ApiKeyDay.day, ApiKeyDay.denied, ApiKeyDay.denied).where(ApiKeyDay.denied > 0)
    lacked = select(ApiKeyMissingScope.api_key_id, ApiKeyMissingScope.day, ApiKeyMissingScope.requests, ApiKeyMissingScope.requests)
    assert sums(lacked) == sums(denied)
    for source in db.session.scalars(select(ApiKeySource)):
        assert source.first_used_at < source.last_used_at <= now()


def sums(statement: Any) -> dict[Any, tuple[int, int]]:
    """Key and day → the two numbers that follow."""
    return {(key_id, day): (int(one), int(two)) for key_id, day, one, two in db.session.execute(statement)}


def test_tokens_of_ended_keys_were_refused(keys: dict[str, ApiKey]) -> None:
    refusals = list(db.session.scalars(select(Refusal)))
    reasons = {name: {refusal.reason for refusal in refusals if refusal.api_key_id == key.id} for name, key in keys.items()}
    assert {name: words for name, words in reasons.items() if words} == {
        "Looking glass": {"secret"},
        "Inventory sync": {"expired"},
        "Contractor export": {"revoked"},
        "Staging tests": {"disabled"},
        "Old monitoring": {"leaked"},
    }
    for refusal in refusals:
        assert (refusal.hour.minute, refusal.hour.second) == (0, 0)
        assert refusal.hour <= now()
