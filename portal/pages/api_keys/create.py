"""Creating a key: describe it, review it, create it. Its token is shown in the answer to the POST that created it, and never again."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.require import ConfirmationNeeded
from portal.api_keys.copy_source import patterns
from portal.api_keys.lifecycle.create import AlreadyIssued, issue
from portal.api_keys.lifecycle.draft import Draft, end_of
from portal.api_keys.policy import KeyPolicy
from portal.api_keys.queries.detail import Detail
from portal.api_keys.review.review import fingerprint, review
from portal.api_keys.templates import TEMPLATES
from portal.db.session import snapshot
from portal.errors import Conflict, Invalid, NotFound
from portal.extensions import db
from portal.pages.api_keys.blueprint import blueprint, common_values, read_detail, show_token
from portal.pages.api_keys.form_page import (
    load_policy,
    show_key_form,
    show_key_refusal,
    show_summary,
    step,
    take_pasted,
)
from portal.pages.api_keys.forms.key import NEVER, CreateForm
from portal.pages.api_keys.link import linked_grants, say_contradiction
from portal.pages.blueprint import FORM_METHODS, Needs
from portal.pages.forms import put_error, typed
from portal.pages.identity import current_principal

TEMPLATE = "api_keys/new.html"
TEMPLATE_STEP = "template:"  # what a template's button sends, with the template's name after it


@blueprint.route("/new", methods=FORM_METHODS, needs=Needs.KEYS_ADMIN)
def new(organization_id: int) -> ResponseReturnValue:
    policy = load_policy(organization_id)
    form = CreateForm(data=prefilled(organization_id, policy))
    form.offer(policy)
    if request.method != "POST":
        return show(organization_id, form, policy, warning=say_contradiction(linked_grants("grants")[1]))
    if step() == "summary":
        return show_summary(form, policy)
    if step() in {"change", "copy"} or step().startswith(TEMPLATE_STEP):
        message = fill_in(organization_id, form, policy)
        return show(organization_id, form, policy, 400 if form.copy.errors else 200, message=message)
    message = take_pasted(organization_id, form)
    if form.asns.errors or form.asns_may.errors or step() == "paste":
        return show(organization_id, form, policy, 400 if form.errors else 200, message=message)
    return go_on(organization_id, form, policy) if form.validate() else show(organization_id, form, policy, 400, message=message)


def go_on(organization_id: int, form: CreateForm, policy: KeyPolicy) -> ResponseReturnValue:
    """Creates the key that was reviewed. Before that the same is rehearsed and taken back, so that a review only shows what can be done."""
    try:
        draft = form.draft()
        key, token = issue(db.session(), current_principal(), organization_id, draft, form_id=form.form_id.data)
        key_id, name = key.id, key.name
        if step() != "create" or form.reviewed.data != fingerprint(draft):
            db.session.rollback()
            return show_review(organization_id, form, draft, policy)
        db.session.commit()
    except AlreadyIssued as again:
        db.session.rollback()
        return render_template("api_keys/already.html", again=again, **common_values(organization_id))
    except (ConfirmationNeeded, Conflict, Invalid) as error:
        return show_key_refusal(organization_id, TEMPLATE, form, policy, error, **copy_choices(organization_id, form))
    return show_token(organization_id, token, key_id, name, draft.grants)


def show(organization_id: int, form: CreateForm, policy: KeyPolicy, status: int = 200, **values: Any) -> ResponseReturnValue:
    return show_key_form(organization_id, TEMPLATE, form, policy, status, **copy_choices(organization_id, form), **values)


def copy_choices(organization_id: int, form: CreateForm) -> dict[str, Any]:
    """Returns what a new key can be copied from: templates, and keys of the organization."""
    with snapshot(db.engine) as connection:
        keys = patterns(connection, current_principal(), organization_id)
    form.copy.choices = [("", "Choose a key"), *keys]
    present = [name for name, template in TEMPLATES.items() if form.grants.data == dict.fromkeys(template.permissions)]
    return {"templates": TEMPLATES, "present_template": "".join(present), "keys": keys}


def show_review(organization_id: int, form: CreateForm, draft: Draft, policy: KeyPolicy) -> ResponseReturnValue:
    """`differs`: the draft isn't the one that was reviewed."""
    differs = step() == "create"
    with snapshot(db.engine) as connection:
        reviewed = review(connection, current_principal(), organization_id, draft.grants)
    form.reviewed.data = fingerprint(draft)
    values = {"form": form, "draft": draft, "policy": policy, "review": reviewed, "differs": differs, "last": end_of(draft.expires_on)}
    return render_template("api_keys/review.html", **values, **common_values(organization_id))


def prefilled(organization_id: int, policy: KeyPolicy) -> dict[str, Any]:
    """Returns what a link to the form may choose: `?template=find-peers`, `?grants=networks:read,contacts:read`, `?copy=key_…` of ours.

    A template never widens what is copied, and the link's own grants say it more closely than both.
    """
    copied = request.args.get("copy")
    settings = settings_of_key(read_detail(organization_id, copied)[0], policy) if copied else {"grants": {}}
    template = TEMPLATES.get(request.args.get("template", ""))
    grants = dict.fromkeys(template.permissions if template else ()) | settings["grants"] | linked_grants("grants")[0]
    return settings | {"grants": grants}


def fill_in(organization_id: int, form: CreateForm, policy: KeyPolicy) -> str:
    """Fills in what the button chooses, and says so."""
    if step() == "copy":
        return copy_settings(organization_id, form, policy)
    template = TEMPLATES.get(step().removeprefix(TEMPLATE_STEP))
    if template is None:
        return ""
    form.fill({"grants": dict.fromkeys(template.permissions)})
    return f'The permissions are now those of the template "{template.name}".'


def copy_settings(organization_id: int, form: CreateForm, policy: KeyPolicy) -> str:
    """Fills in another key's settings, and says so; what was typed of the new key itself stays."""
    try:
        detail, _ = read_detail(organization_id, typed(form.copy))
    except NotFound:
        put_error(form, Invalid("Choose one of the keys in the list.", "copy"))
        return ""
    kept = {name for name in ("note", "notify_email") if typed(form[name]).strip()}
    form.fill({name: value for name, value in settings_of_key(detail, policy).items() if name not in kept})
    return f'Settings copied from "{detail.key.name}". The new key has its own name and token.'


def settings_of_key(detail: Detail, policy: KeyPolicy) -> dict[str, Any]:
    """Returns what a new key copies; it gets an expiry of its own."""
    key = detail.key
    settings: dict[str, Any] = {"note": key.note, "notify_email": detail.notify_email, "grants": dict(detail.grants), "points": key.points}
    never = {"expires": NEVER} if key.expires_at is None and policy.never_allowed else {}
    return settings | {"addresses": "\n".join(key.addresses or ())} | never
