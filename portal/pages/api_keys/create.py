"""Creating a key: describe it, review it, create it. Its token stands in the answer to the POST that made it, never again."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.require import ConfirmationNeeded
from portal.api_keys.copy_source import patterns
from portal.api_keys.lifecycle import create
from portal.api_keys.lifecycle.create import AlreadyIssued
from portal.api_keys.lifecycle.draft import Draft, end_of
from portal.api_keys.policy import KeyPolicy
from portal.api_keys.queries.detail import Detail
from portal.api_keys.review.review import fingerprint, review
from portal.api_keys.templates import TEMPLATES
from portal.db.session import snapshot
from portal.errors import Conflict, Invalid, NotFound
from portal.extensions import db
from portal.pages.api_keys.describe_form import NEVER, IssueForm
from portal.pages.api_keys.prefill import asked_permissions, load_policy, refuse, show_filling, step, take_pasted
from portal.pages.api_keys.routes import ACTS, ask_admin, blueprint, find, place, reveal
from portal.pages.forms import put_error, typed
from portal.pages.identity import current_principal

TEMPLATE = "api_keys/new.html"


@blueprint.route("/new", methods=ACTS)
def new(organization_id: int) -> ResponseReturnValue:
    if elsewhere := ask_admin(organization_id):
        return elsewhere
    policy = load_policy(organization_id)
    form = IssueForm(data=prefilled(organization_id, policy))
    form.offer(policy)
    if request.method != "POST" or step() == "change":
        return show(organization_id, form, policy)
    if step() == "copy":
        told = take_over(organization_id, form, policy)
        return show(organization_id, form, policy, 400 if form.copy.errors else 200, told=told)
    told = take_pasted(organization_id, form)
    if form.asns.errors or form.asns_may.errors or step() == "paste":
        return show(organization_id, form, policy, 400 if form.errors else 200, told=told)
    return go_on(organization_id, form, policy) if form.validate() else show(organization_id, form, policy, 400, told=told)


def go_on(organization_id: int, form: IssueForm, policy: KeyPolicy) -> ResponseReturnValue:
    """Creates the key that was reviewed. Before that the same is rehearsed and taken back, so that a review only shows what can be done."""
    try:
        draft = form.draft()
        key, token = create.issue(db.session(), current_principal(), organization_id, draft, form_id=form.form_id.data)
        key_id, name = key.id, key.name
        if step() != "create" or form.reviewed.data != fingerprint(draft):
            db.session.rollback()
            return show_review(organization_id, form, draft, policy)
        db.session.commit()
    except AlreadyIssued as again:
        db.session.rollback()
        return render_template("api_keys/already.html", again=again, **place(organization_id))
    except (ConfirmationNeeded, Conflict, Invalid) as error:
        return refuse(organization_id, TEMPLATE, form, policy, error, **around(organization_id, form))
    return reveal(organization_id, key_id, name, token)


def show(organization_id: int, form: IssueForm, policy: KeyPolicy, status: int = 200, **values: Any) -> ResponseReturnValue:
    return show_filling(organization_id, TEMPLATE, form, policy, status, **around(organization_id, form), **values)


def around(organization_id: int, form: IssueForm) -> dict[str, Any]:
    """What a new key can be begun from."""
    with snapshot(db.engine) as connection:
        keys = patterns(connection, current_principal(), organization_id)
    form.copy.choices = [("", "Choose a key"), *keys]
    return {"templates": TEMPLATES, "keys": keys}


def show_review(organization_id: int, form: IssueForm, draft: Draft, policy: KeyPolicy) -> ResponseReturnValue:
    """`differs`: another draft was reviewed than the one that should be created now."""
    differs = step() == "create"
    with snapshot(db.engine) as connection:
        found = review(connection, current_principal(), organization_id, draft.grants)
    form.reviewed.data = fingerprint(draft)
    values = {"form": form, "draft": draft, "policy": policy, "review": found, "differs": differs, "last": end_of(draft.expires_on)}
    return render_template("api_keys/review.html", **values, **place(organization_id))


def prefilled(organization_id: int, policy: KeyPolicy) -> dict[str, Any]:
    """What a link to the form may choose: `?template=find-peers`, `?grants=networks:read,contacts:read`, `?copy=key_…` of ours."""
    if request.args.get("copy"):
        return terms_of(find(organization_id, request.args["copy"])[0], policy)
    template = TEMPLATES.get(request.args.get("template", ""))
    return {"grants": dict.fromkeys((*(template.permissions if template else ()), *asked_permissions("grants")))}


def take_over(organization_id: int, form: IssueForm, policy: KeyPolicy) -> str:
    """Fills in another key's terms, and says so; what was typed of the key itself stays."""
    try:
        detail, _ = find(organization_id, typed(form.copy))
    except NotFound:
        put_error(form, Invalid("Choose one of the keys in the list.", "copy"))
        return ""
    kept = {name for name in ("note", "notify_email") if typed(form[name]).strip()}
    form.fill({name: value for name, value in terms_of(detail, policy).items() if name not in kept})
    return f'Taken over from "{detail.key.name}". Its name and its token aren\'t.'


def terms_of(detail: Detail, policy: KeyPolicy) -> dict[str, Any]:
    """What a new key takes over; it gets a last day of its own."""
    key = detail.key
    found: dict[str, Any] = {"note": key.note, "notify_email": detail.notify_email, "grants": dict(detail.grants), "points": key.points}
    never = {"expires": NEVER} if key.expires_at is None and policy.never_allowed else {}
    return found | {"addresses": "\n".join(key.addresses or ())} | never
