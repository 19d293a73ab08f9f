"""An admin runs queries as one of the organization's keys, without its token, and sees in the playground what the key sees.

This doesn't count as use of the key, and its address list isn't checked, because its token isn't sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from portal.access.key_state import State
from portal.access.permissions import Permission
from portal.access.principal import Kind, Principal
from portal.access.require import begin, require
from portal.access.token_refusals import MESSAGES, Reason
from portal.api_keys.key import KEY_FACTS, Key, make_key
from portal.api_keys.queries.detail import grants_of_key
from portal.audit import Event, Subject, record
from portal.db.session import now
from portal.errors import Conflict, NotFound
from portal.models import ApiKey, AuditRow
from portal.registry.organizations import Organization

RECORDED_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Impersonation:
    """The key as a caller, at the person's address; `expires_at` is its last second, None never."""

    principal: Principal
    expires_at: datetime | None


@dataclass(frozen=True)
class KeyChoice:
    """A key that hasn't ended, of an organization whose admin asks. `works`: it can be acted as now."""

    organization_id: int
    key: Key

    @property
    def works(self) -> bool:
        return refuse(self.key) is None


def keys_to_impersonate(connection: Connection, principal: Principal) -> Sequence[KeyChoice]:
    """By organization and name; none for who is admin nowhere, without a statement."""
    organization_ids = [organization_id for organization_id in principal.own if principal.may(Permission.KEYS_ACT_AS, organization_id)]
    if not organization_ids:
        return []
    rows = connection.execute(KEY_FACTS.where(Organization.id.in_(organization_ids), ApiKey.id.is_not(None))).all()
    of_keys = [list(of_key) for _, of_key in groupby(rows, lambda row: row.id)]
    choices = [KeyChoice(of_key[0].organization_id, make_key(of_key, sees_usage=False)) for of_key in of_keys]
    return sorted((choice for choice in choices if not choice.key.ended), key=lambda choice: choice.key.organization)


def impersonate(session: Session, principal: Principal, organization_id: int, key_id: str) -> Impersonation:
    """The key with exactly its grants. Raises NotFound for another organization's, Conflict for one that doesn't work now.

    The audit has a row for the first time in an hour that the person does so from an address: who did is known, and no flood comes of it.
    """
    require(principal, Permission.KEYS_ACT_AS, organization_id)
    acting = read_impersonation(session, principal, organization_id, key_id)
    if is_recorded(session, principal, organization_id, key_id):
        return acting
    begin(session, principal, Permission.KEYS_ACT_AS, organization_id)
    acting = read_impersonation(session, principal, organization_id, key_id)  # as it is under the lock
    if not is_recorded(session, principal, organization_id, key_id):
        record(session, principal, Event.API_KEY_ACTED_AS, organization_id=organization_id, subject=Subject.of_api_key(acting.principal))
        session.flush()
    return acting


def read_impersonation(session: Session, principal: Principal, organization_id: int, key_id: str) -> Impersonation:
    rows = session.execute(KEY_FACTS.where(Organization.id == organization_id, ApiKey.id == key_id)).all()
    if not rows:
        raise NotFound("There is no such API key.")
    key = make_key(rows, sees_usage=False)
    reason = refuse(key)
    if reason:
        raise Conflict(MESSAGES[reason])
    caller = Principal(
        kind=Kind.KEY,
        id=key.id,
        name=key.name,
        grants=grants_of_key(session.connection(), key_id),
        organization_id=organization_id,
        address=principal.address,
        user_agent=principal.user_agent,
    )
    return Impersonation(caller, key.expires_at)


def refuse(key: Key) -> Reason | None:
    """Why none of its tokens would be admitted now; None for a key that works."""
    for state in key.states:
        if state is not State.ACTIVE and not (state is State.LEAKED and key.tokens):
            return Reason(state.value)
    return None


def is_recorded(session: Session, principal: Principal, organization_id: int, key_id: str) -> bool:
    """Whether a row of the last hour says so of this person at this address."""
    about = (AuditRow.organization_id == organization_id, AuditRow.event == Event.API_KEY_ACTED_AS.value, AuditRow.subject_id == key_id)
    by = (AuditRow.actor_id == principal.id, AuditRow.address == principal.address)
    newest = session.scalar(select(AuditRow.at).where(*about, *by).order_by(AuditRow.number.desc()).limit(1))
    return newest is not None and now() - newest < RECORDED_FOR
