"""An organization's keys: the list, one key, and what the pages of its acts share, which stand in api_key_….py beside this."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.permissions import GRANTABLE, RULES, Permission
from portal.access.require import ConfirmationNeeded, require
from portal.access.token_refusals import REASON_LABELS
from portal.api_keys.queries.detail import Detail, read_key
from portal.api_keys.queries.key_list import PAGE_SIZE, Order, Show, list_keys
from portal.api_keys.review.dry_run import names_of
from portal.api_keys.token import Token
from portal.api_keys.usage.key_usage import read_key_use
from portal.api_keys.usage.periods import Period
from portal.api_keys.usage.points import read_hour
from portal.db.session import snapshot
from portal.errors import Conflict, Invalid, Unavailable
from portal.extensions import db, settings
from portal.pages.api_keys.csv_file import cells, columns
from portal.pages.forms import put_error
from portal.pages.guards import only_fresh, only_signed_in, only_text
from portal.pages.identity import current_principal, signed_in
from portal.pages.lists import chosen, csv_answer
from portal.runtime import account, account_snapshot, hurry

blueprint = Blueprint("api_keys", __name__, url_prefix="/organizations/<int:organization_id>/keys")
blueprint.before_request(only_text)
blueprint.before_request(only_signed_in)
MOST_IN_CSV = 100_000
ACTS = ("GET", "POST")
QUERY = "{ viewer { key { name scopes expiresAt } organization { name } } }"


@blueprint.get("")
def index(organization_id: int) -> ResponseReturnValue:
    wanted, order = chosen(Show, "show"), chosen(Order, "sort")
    page = request.args.get("page", 1, type=int)
    with snapshot(db.engine) as connection:
        hurry(connection)
        found = list_keys(connection, current_principal(), organization_id, wanted, page, order, counted=not account().late)
    values = {"found": found, "show": wanted, "order": order, "page": found.first // PAGE_SIZE + 1, "size": PAGE_SIZE}
    return render_template("api_keys/index.html", **values, **place(organization_id))


@blueprint.get("/list.csv")
def index_csv(organization_id: int) -> ResponseReturnValue:
    """All keys of the chosen filter, in the chosen order; what the list doesn't show to a member isn't in the file."""
    with snapshot(db.engine) as connection:
        hurry(connection)
        asked: dict[str, Any] = {"show": chosen(Show, "show"), "order": chosen(Order, "sort")}
        found = list_keys(connection, current_principal(), organization_id, **asked, size=MOST_IN_CSV, counted=not account().late)
    return csv_answer("api-keys.csv", columns(found.sees_usage), map(cells, found.keys))


@blueprint.get("/<key_id>")
def show(organization_id: int, key_id: str) -> ResponseReturnValue:
    principal, period = current_principal(), chosen(Period, "days")
    with snapshot(db.engine) as connection:
        detail = read_key(connection, principal, organization_id, key_id)
        names = names_of(connection, principal, organization_id, detail.grants)
    cannot = [RULES[permission].says for permission in GRANTABLE if permission not in detail.grants]
    values = {"key": detail.key, "names": names, "cannot": cannot, "rules": RULES, **snippets(), **place(organization_id)}
    usage = {
        "sees_usage": principal.may(Permission.USAGE_READ, organization_id),
        "period": period,
        "use": None,
        "hour": [],
        "words": REASON_LABELS,
    }
    if usage["sees_usage"]:
        with suppress(Unavailable), account_snapshot() as connection:  # the page says so; what the key is stands elsewhere
            usage["hour"] = read_hour(connection, principal, organization_id, key_id)
            usage["use"] = read_key_use(connection, principal, organization_id, key_id, period)
    return render_template("api_keys/show.html", detail=detail, **usage, **values)


def ask_admin(organization_id: int) -> ResponseReturnValue | None:
    """Refuses who isn't an admin. Who opens a form confirms first; who sends one is asked by the rule, so that nothing typed is lost."""
    with suppress(ConfirmationNeeded):
        require(current_principal(), Permission.KEYS_MANAGE, organization_id)
    return None if request.method == "POST" else only_fresh()


def find(organization_id: int, key_id: str) -> tuple[Detail, str]:
    """The key, and the address of its page."""
    with snapshot(db.engine) as connection:
        detail = read_key(connection, current_principal(), organization_id, key_id)
    return detail, url_for("api_keys.show", organization_id=organization_id, key_id=key_id)


def show_form(organization_id: int, template: str, form: Any, status: int = 200, **values: Any) -> ResponseReturnValue:
    facts = {"moved": False, "unconfirmed": False}
    return render_template(template, form=form, **facts | values, **place(organization_id)), status


def refused(
    organization_id: int, template: str, form: Any, error: ConfirmationNeeded | Conflict | Invalid, **values: Any
) -> ResponseReturnValue:
    """The form as it was typed, with what was wrong; a confirmation that has run out is renewed beside it."""
    db.session.rollback()
    unconfirmed = isinstance(error, ConfirmationNeeded)
    put_error(form, error)
    return show_form(organization_id, template, form, error.status, unconfirmed=unconfirmed, **values)


def reveal(organization_id: int, key_id: str, name: str, token: Token, rotated: bool = False) -> ResponseReturnValue:
    """The only page that ever holds a token."""
    values = {"key_id": key_id, "name": name, "rotated": rotated, "token": token.reveal(), **snippets()}
    return render_template("api_keys/created.html", **values, **place(organization_id)), {"Cache-Control": "no-store"}


def snippets() -> dict[str, Any]:
    """What a first request with a key asks, and where."""
    return {"public_url": settings().public_url, "query": QUERY}


def place(organization_id: int) -> dict[str, Any]:
    """What every page of the keys knows: the organization, and what the member may do here."""
    person, principal = signed_in(), current_principal()
    names = {mine.id: mine.name for mine in person.organizations} if person else {}
    return {
        "organization_id": organization_id,
        "organization": names.get(organization_id, ""),
        "manages": principal.may(Permission.KEYS_MANAGE, organization_id),
        "late": account().late,
    }
