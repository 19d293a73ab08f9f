"""What happens to a key, from issue to revoke. Each act asks the principal first and writes its audit row in the same transaction."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from portal.access import ConfirmationNeeded, Principal, begin
from portal.api_keys.addresses import normal_blocks
from portal.api_keys.difference import Terms, widens
from portal.api_keys.grants import check_grants, describe_grants, grants_of, store_grants
from portal.api_keys.notices import tell_issued, tell_revoked
from portal.api_keys.notify_addresses import introduce
from portal.api_keys.policy import Policy, check_addresses, check_day, check_points, read_policy
from portal.api_keys.token import Token, digest, make_token, random_text
from portal.audit import Event, record
from portal.database import lock, now
from portal.emails import check_email
from portal.errors import Conflict, Invalid, NotFound
from portal.models import ApiKey, ApiKeyGrant, ApiKeyToken, Organization
from portal.permissions import Permission
from portal.settings import Settings

LONGEST_NAME, LONGEST_NOTE = 100, 1000
HIDDEN = {"Cc", "Cf", "Cs"}  # Unicode's categories of characters that show nothing, or turn what follows around
LOADED = (selectinload(ApiKey.grants).selectinload(ApiKeyGrant.objects), selectinload(ApiKey.tokens))
JOINERS = str.maketrans("", "", "\u200c\u200d")  # Persian and emoji are written with them


@dataclass(frozen=True)
class Draft:
    """What an admin says about a key. `expires_on` is the last UTC day it works, None: it never expires.

    `grants`: permission → object ids, None for all. `addresses`: blocks it may be used from, none: from anywhere. `points`: a minute,
    None: as many as the organization's keys may have.
    """

    name: str
    notify_email: str
    expires_on: date | None
    note: str = ""
    grants: Mapping[Permission, frozenset[int] | None] = field(default_factory=dict)
    addresses: Sequence[str] = ()
    points: int | None = None


class AlreadyIssued(Conflict):
    """The same form was sent before and issued this key, whose token was shown then."""

    def __init__(self, key: ApiKey) -> None:
        super().__init__(f'The API key "{key.name}" was already created.')
        self.key_id = key.id
        self.name = key.name


def issue(
    session: Session, principal: Principal, organization_id: int, draft: Draft, settings: Settings, *, form_id: str | None = None
) -> tuple[ApiKey, Token]:
    """The new key and its token, whose text exists from here to the answer and nowhere else.

    Raises what require() does, Invalid with the field that is wrong, Conflict for a name that a live key has, AlreadyIssued.
    """
    begin(session, principal, Permission.KEYS_MANAGE, organization_id)
    organization = session.get(Organization, organization_id)
    if organization is None or organization.status != "ok":
        raise NotFound("There is no such organization.")
    refuse_twice(session, organization_id, form_id)
    key = ApiKey(
        id=f"key_{random_text(12)}", organization_id=organization_id, issued_by=principal.name, form_id=form_id, tokens=[], grants=[]
    )
    policy = read_policy(session, organization_id)
    describe(session, key, draft, policy)
    check_day(policy, draft.expires_on)
    key.expires_at = end_of(draft.expires_on)
    token = add_token(key, settings)
    session.add(key)
    given = {name: value for name, value in facts(key).items() if value and name not in {"name", "note"}}
    details = given | {"token_id": token.token_id, "notify_email": "given"}
    record(session, principal, Event.API_KEY_ISSUED, organization_id=organization_id, subject=subject(key), details=details)
    session.flush()
    introduce(session, organization_id, key.notify_email)
    tell_issued(session, principal, key)
    return key, token


def add_token(key: ApiKey, settings: Settings) -> Token:
    """A new token of the key; only its digest stays."""
    token = make_token()
    made = digest(settings.peppers, settings.pepper, token, key.organization_id)
    key.tokens.append(ApiKeyToken(token_id=token.token_id, digest=made, pepper=settings.pepper, last_four=token.last_four))
    return token


def refuse_twice(session: Session, organization_id: int, form_id: str | None) -> None:
    if form_id is None:
        return
    key = session.scalars(select(ApiKey).where(ApiKey.organization_id == organization_id, ApiKey.form_id == form_id)).one_or_none()
    if key is not None:
        raise AlreadyIssued(key)


def edit(session: Session, principal: Principal, organization_id: int, key_id: str, draft: Draft, *, seen: int) -> ApiKey:
    """Changes what the draft changes. `seen` is the key's `changed` when the admin opened the form: a newer one is a Conflict.

    Who makes a key able to do more must have confirmed who they are just now.
    """
    begin(session, principal, Permission.KEYS_MANAGE, organization_id)
    key = live_key(session, organization_id, key_id)
    if key.changed != seen:
        raise Conflict("Somebody else changed this API key meanwhile. Look at the newest state, then change it again.")
    before, policy = facts(key), read_policy(session, organization_id)
    more = widens(terms_of(key), Terms(draft.expires_on, draft.grants, normal_blocks(draft.addresses), draft.points), policy)
    describe(session, key, draft, policy)
    if draft.expires_on != day_of(key.expires_at):
        check_day(policy, draft.expires_on)
        key.expires_at = end_of(draft.expires_on)
    if more and not principal.confirmed_lately:
        raise ConfirmationNeeded("Confirm who you are: the key will be able to do more than before.")
    after = facts(key)
    difference = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if "notify_email" in difference:
        difference["notify_email"] = ["changed"]  # a personal value: the audit says that, never what
    if difference:
        key.changed = lock(session)
        record(session, principal, Event.API_KEY_EDITED, organization_id=organization_id, subject=subject(key), details=difference)
    session.flush()
    if "notify_email" in difference:
        introduce(session, organization_id, key.notify_email)
    return key


def revoke(session: Session, principal: Principal, organization_id: int, key_id: str, *, reason: str = "") -> ApiKey:
    """Ends the key for good; its next request is refused."""
    begin(session, principal, Permission.KEYS_MANAGE, organization_id)
    key = put_end(session, principal, live_key(session, organization_id, key_id), reason)
    tell_revoked(session, principal, [key])
    return key


def put_end(session: Session, principal: Principal, key: ApiKey, reason: str = "") -> ApiKey:
    """Revokes a live key that was read under the lock. Its readers are told by whoever calls, as several keys are one mail."""
    key.revoked_at, key.revoked_by, key.revoked_reason = now(), principal.name, reason.strip()[:LONGEST_NOTE]
    details = {"reason": key.revoked_reason} if key.revoked_reason else {}
    record(session, principal, Event.API_KEY_REVOKED, organization_id=key.organization_id, subject=subject(key), details=details)
    session.flush()
    return key


def disable(session: Session, principal: Principal, organization_id: int, key_id: str) -> ApiKey:
    """Stops the key until it is enabled; its next request is refused. Raises Conflict for one that is disabled already."""
    begin(session, principal, Permission.KEYS_MANAGE, organization_id)
    key = live_key(session, organization_id, key_id)
    if key.disabled_at is not None:
        raise Conflict("This API key is disabled already.")
    return put_disabled(session, principal, key)


def enable(session: Session, principal: Principal, organization_id: int, key_id: str) -> ApiKey:
    """Takes back a disable, and nothing else: the key ends when it would have ended. Raises Conflict for one that isn't disabled."""
    begin(session, principal, Permission.KEYS_MANAGE, organization_id)
    key = live_key(session, organization_id, key_id)
    if key.disabled_at is None:
        raise Conflict("This API key isn't disabled.")
    return put_disabled(session, principal, key, False)


def put_disabled(session: Session, principal: Principal, key: ApiKey, disabled: bool = True) -> ApiKey:
    """Disables a live key that was read under the lock, or enables it."""
    key.disabled_at = now() if disabled else None
    event = Event.API_KEY_DISABLED if disabled else Event.API_KEY_ENABLED
    record(session, principal, event, organization_id=key.organization_id, subject=subject(key))
    session.flush()
    return key


def live_key(session: Session, organization_id: int, key_id: str) -> ApiKey:
    """The organization's key, for changing it. Raises NotFound for another organization's, Conflict for a revoked one."""
    where = (ApiKey.organization_id == organization_id, ApiKey.id == key_id)
    key = session.scalars(select(ApiKey).options(*LOADED).where(*where)).one_or_none()
    if key is None:
        raise NotFound("There is no such API key.")
    if key.revoked_at is not None:
        raise Conflict("This API key is revoked: it can't be changed any more.")
    return key


def describe(session: Session, key: ApiKey, draft: Draft, policy: Policy) -> None:
    """Checks the draft and writes it onto the key, all but the expiry.

    What the policy asks of addresses and points is asked when they change: it never blocks an edit of something else.
    """
    name = " ".join(draft.name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid(f"Give the key a name of 1 to {LONGEST_NAME} characters.", "name")
    check_visible(name)
    if len(draft.note) > LONGEST_NOTE:
        raise Invalid(f"A note has at most {LONGEST_NOTE} characters.", "note")
    check_name_is_free(session, key, name)
    check_grants(session, key.organization_id, draft.grants)
    key.name, key.note = name, draft.note.strip()
    key.notify_email = check_email(draft.notify_email, "notify_email")
    blocks = normal_blocks(draft.addresses)
    if key not in session or blocks != key.addresses:
        check_addresses(policy, blocks)
        key.addresses = blocks
    if draft.points != key.points:
        check_points(policy, draft.points)
        key.points = draft.points
    if grants_of(key) != dict(draft.grants):
        store_grants(session, key, draft.grants)


def check_visible(name: str) -> None:
    """Raises Invalid for a name that looks like another one, like none at all, or that a terminal would obey."""
    letters = name.translate(JOINERS)
    if not letters or any(unicodedata.category(letter) in HIDDEN for letter in letters):
        raise Invalid("A name can't hold characters that are invisible.", "name")


def check_name_is_free(session: Session, key: ApiKey, name: str) -> None:
    taken = select(ApiKey.id).where(
        ApiKey.organization_id == key.organization_id, ApiKey.name == name, ApiKey.revoked_at.is_(None), ApiKey.id != key.id
    )
    with session.no_autoflush:
        if session.scalar(taken) is not None:
            raise Conflict("Another API key of this organization has this name.", "name")


def end_of(day: date | None) -> datetime | None:
    """The last second of the UTC day."""
    return datetime.combine(day, time(23, 59, 59), UTC) if day else None


def day_of(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def terms_of(key: ApiKey) -> Terms:
    return Terms(day_of(key.expires_at), grants_of(key), key.addresses, key.points)


def facts(key: ApiKey) -> dict[str, object]:
    """What the audit compares when a key is edited."""
    return {
        "name": key.name,
        "note": key.note,
        "notify_email": key.notify_email,
        "expires_on": key.expires_at.date().isoformat() if key.expires_at else None,
        "grants": describe_grants(grants_of(key)),
        "addresses": list(key.addresses),
        "points": key.points,
    }


def subject(key: ApiKey) -> tuple[str, str, str]:
    return "api_key", key.id, key.name
