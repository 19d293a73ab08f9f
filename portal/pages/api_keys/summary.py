"""What the form of a key comes to as it stands, in a few words beside it; the review says it at length."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from portal.api_keys.grants import Grants
from portal.api_keys.policy import KeyPolicy
from portal.api_keys.review.review import say_warnings
from portal.api_keys.wording import access_lines, count_objects, name_some
from portal.db.session import now
from portal.pages.api_keys.forms.key import A_DATE, MAX_PERIOD_DAYS, NEVER, KeyForm
from portal.pages.forms import typed
from portal.whole_numbers import read_number


@dataclass(frozen=True)
class Summary:
    """`can`: what the key does, a line for each verb. `warnings`: of choices that come to nothing as they are."""

    can: Sequence[str]
    warnings: Sequence[str]
    expires: str
    addresses: str
    points: int


def summarize(form: KeyForm, policy: KeyPolicy) -> Summary:
    """Of a form that may be half filled in, or filled in wrongly."""
    grants: Grants = {permission: objects for permission, objects in form.grants.data.items() if objects is None or objects}
    empty = [f"Nothing is ticked yet for {permission}." for permission in form.grants.data if permission not in grants]
    return Summary(
        can=access_lines(count_objects(grants)),
        warnings=[*empty, *say_warnings(grants)],
        expires=say_expiry(form),
        addresses=name_some(typed(form.addresses).split(), 3) or "any address",
        points=min(form.points.data or policy.key_points, policy.key_points),
    )


def say_expiry(form: KeyForm) -> str:
    if form.expires.data == NEVER:
        return "never"
    if form.expires.data == A_DATE:
        return str(form.expires_on.data or "no date chosen yet")
    days = read_number(typed(form.expires), MAX_PERIOD_DAYS)
    return "–" if days is None else str(now().date() + timedelta(days=days))
