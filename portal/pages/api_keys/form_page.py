"""The page with a key's form, new or edited: objects to choose from, pasted networks, and the summary beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from portal.access.permissions import GRANTABLE, RULES
from portal.access.require import ConfirmationNeeded
from portal.api_keys.parse_networks import PastedNetworks, read_networks
from portal.api_keys.policy import KeyPolicy, read_policy
from portal.api_keys.wording import name_some
from portal.db.session import snapshot
from portal.errors import Conflict, Invalid
from portal.extensions import db
from portal.pages.api_keys.blueprint import common_values
from portal.pages.api_keys.forms.grants import ACTIONS_BY_OBJECT, LAYOUT, GrantsField
from portal.pages.api_keys.forms.key import KeyForm
from portal.pages.api_keys.summary import summarize
from portal.pages.forms import put_error, typed
from portal.pages.identity import current_principal
from portal.registry.read.owned_objects import OwnObject, count_objects, own_objects
from portal.registry.types import LISTED_TYPES

MAX_OBJECT_ROWS = 1000  # so many objects have a row to choose in; of more only those that are chosen already
Refusal = ConfirmationNeeded | Conflict | Invalid


@dataclass(frozen=True)
class Choosable:
    """`rows`: the objects that can be chosen by themselves. `rest`: values of `more` that are chosen. `total`: how many there are."""

    rows: Sequence[OwnObject]
    total: int
    rest: Sequence[str] = ()
    more: int = 0


def step() -> str:
    """Returns which button was pressed: "" for the one that goes on."""
    return request.form.get("step", "")


def load_policy(organization_id: int) -> KeyPolicy:
    with snapshot(db.engine) as connection:
        return read_policy(connection, organization_id)


def show_key_form(
    organization_id: int, template: str, form: KeyForm, policy: KeyPolicy, status: int = 200, **values: Any
) -> ResponseReturnValue:
    """The form, with what the organization owns, to choose from."""
    with snapshot(db.engine) as connection:
        totals = count_objects(connection, current_principal(), organization_id)
        objects = {resource: choosable(connection, organization_id, form.grants, resource, totals) for resource in ACTIONS_BY_OBJECT}
    values |= {"objects": objects, "policy": policy, "rules": RULES, "layout": LAYOUT, "address": current_principal().address}
    values["summary"] = summarize(form, policy)
    defaults = {"moved": False, "unconfirmed": False, "message": "", "warning": ""}
    return render_template(template, form=form, **defaults | values, **common_values(organization_id)), status


def show_summary(form: KeyForm, policy: KeyPolicy) -> ResponseReturnValue:
    """The summary beside the form alone, of what was typed and chosen so far."""
    return render_template("api_keys/_summary.html", summary=summarize(form, policy))


def show_key_refusal(
    organization_id: int, template: str, form: KeyForm, policy: KeyPolicy, error: Refusal, **values: Any
) -> ResponseReturnValue:
    """The form as it was typed, with what was wrong; a confirmation that has run out is renewed beside it."""
    db.session.rollback()
    put_error(form, error)
    unconfirmed = isinstance(error, ConfirmationNeeded)
    return show_key_form(organization_id, template, form, policy, error.status, unconfirmed=unconfirmed, **values)


def choosable(connection: Connection, organization_id: int, grants: GrantsField, resource: str, totals: Mapping[str, int]) -> Choosable:
    principal, table = current_principal(), LISTED_TYPES[resource].resource
    total = totals[table]
    if total <= MAX_OBJECT_ROWS:
        return Choosable(own_objects(connection, principal, table, organization_id), total)
    ours = own_objects(connection, principal, table, organization_id, ids=grants.objects(resource))
    rest = frozenset(own.id for own in ours[MAX_OBJECT_ROWS:])
    return Choosable(ours[:MAX_OBJECT_ROWS], total, grants.only(resource, rest), len(rest))


def take_pasted(organization_id: int, form: KeyForm) -> str:
    """Chooses the networks that were pasted, and says so; the words that name none of ours stay, with an error on their field."""
    if not typed(form.asns).strip():
        return ""
    try:
        resource, actions = read_choice(form)
        with snapshot(db.engine) as connection:
            pasted = read_networks(connection, current_principal(), organization_id, typed(form.asns))
    except Invalid as error:
        put_error(form, error)
        return ""
    form.grants.give(resource, actions, frozenset(network.id for network in pasted.networks))
    form.fill({"asns": " ".join(pasted.unknown)})
    if pasted.unknown:
        left = name_some(list(pasted.unknown), 20)
        put_error(form, Invalid(f"Not among our networks: {left}. Correct or remove them.", "asns"))
    return say_pasted(pasted)


def read_choice(form: KeyForm) -> tuple[str, list[str]]:
    """Returns resource and actions. Raises Invalid for what isn't offered."""
    resource, _, actions = typed(form.asns_may).partition(" ")
    allowed = {permission.action for permission in GRANTABLE if permission.resource == resource and RULES[permission].objects}
    if resource not in {"networks", "contacts"} or not actions or not allowed.issuperset(actions.split(",")):
        raise Invalid("Choose what the key may do with these networks.", "asns_may")
    return resource, actions.split(",")


def say_pasted(pasted: PastedNetworks) -> str:
    names = [network.label for network in pasted.networks]
    return f"Chosen: {name_some(names)}." if names else ""
