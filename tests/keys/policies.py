"""Policies and operators' limits, changed for a test."""

from dataclasses import replace
from typing import Any

from flask import Flask

from portal.access.principal import COMMAND_LINE
from portal.api_keys.operator_limits import set_ceilings
from portal.api_keys.policy import KeyPolicy, read_policy, set_policy
from portal.db.session import lock
from portal.extensions import db
from portal.models import ApiKeyPolicy
from tests.people import People


def change_policy(app: Flask, people: People, name: str = "alice", **changes: Any) -> KeyPolicy:
    with app.app_context():
        before = read_policy(db.session(), people.ours)
        changed = set_policy(db.session(), people.principal(name), people.ours, replace(before, **changes), seen=before.changed)
        db.session.commit()
        return changed


def change_ceilings(app: Flask, people: People, key: int, every: int) -> KeyPolicy:
    with app.app_context():
        changed = set_ceilings(db.session(), COMMAND_LINE, people.ours, key, every)
        db.session.commit()
        return changed


def put_policy(people: People, longest_days: int = 366, never_allowed: bool = False) -> None:
    session = db.session()
    lock(session)
    session.add(ApiKeyPolicy(organization_id=people.ours, longest_days=longest_days, never_allowed=never_allowed))
    session.commit()
