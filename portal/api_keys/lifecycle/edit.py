"""Edits a key in place."""

from sqlalchemy.orm import Session

from portal.access.permissions import Permission
from portal.access.principal import Principal
from portal.access.require import ConfirmationNeeded, begin
from portal.api_keys.difference import widens
from portal.api_keys.lifecycle.draft import Draft, day_of, describe, end_of, facts, live_key, terms_of, terms_of_draft
from portal.api_keys.notices.notify_addresses import introduce
from portal.api_keys.policy import check_day, read_policy
from portal.audit import Event, Subject, record
from portal.audit.changes import changed_values
from portal.db.session import lock
from portal.errors import Conflict
from portal.models import ApiKey


def edit(session: Session, principal: Principal, organization_id: int, key_id: str, draft: Draft, *, seen: int) -> ApiKey:
    """Changes what the draft changes. `seen` is the key's `changed` when the admin opened the form: a newer one is a Conflict.

    An admin who lets the key do more must have confirmed who they are just now.
    """
    begin(session, principal, Permission.KEYS_MANAGE, organization_id)
    key = live_key(session, organization_id, key_id)
    if key.changed != seen:
        raise Conflict("Someone else changed this API key meanwhile. Look at the newest state, then change it again.")
    before, policy = facts(key), read_policy(session, organization_id)
    more = widens(terms_of(key), terms_of_draft(draft), policy)
    describe(session, key, draft, policy)
    if draft.expires_on != day_of(key.expires_at):
        check_day(policy, draft.expires_on)
        key.expires_at = end_of(draft.expires_on)
    if more and not principal.confirmed_lately:
        raise ConfirmationNeeded("Confirm who you are: the key will be able to do more than before.")
    difference = changed_values(before, facts(key))
    if "notify_email" in difference:
        difference["notify_email"] = ["changed"]  # a personal value: the audit says that, never what
    if difference:
        key.changed = lock(session)
        record(
            session, principal, Event.API_KEY_EDITED, organization_id=organization_id, subject=Subject.of_api_key(key), details=difference
        )
    session.flush()
    if "notify_email" in difference:
        introduce(session, organization_id, key.notify_email)
    return key
