"""The list of an organization's API keys, as a page and as a file."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.api_keys.queries.key_list import Listed, Order, Show, list_keys
from portal.db.session import snapshot
from portal.db.types import TIMESTAMP_FORM
from portal.extensions import db
from portal.pages.api_keys.blueprint import blueprint, common_values
from portal.pages.identity import current_principal
from portal.pages.lists import MAX_CSV_ROWS, Page, chosen, csv_answer, page_number
from portal.runtime import account, hurry

MAX_SEARCH_CHARACTERS = 100
SECRET = re.compile(r"(?<=pport_[0-9A-Za-z]{12})_[0-9A-Za-z]*")
CSV_COLUMNS = ("key id", "name", "note", "token", "state", "access", "expires", "created", "issued by")
CSV_USAGE_COLUMNS = ("last used", "address", "requests in 30 days")


@blueprint.get("")
def index(organization_id: int) -> ResponseReturnValue:
    show, order, search = chosen(Show, "show"), chosen(Order, "sort"), searched(request.args)
    options: dict[str, Any] = {"search": search, "counted": not account().late}
    with snapshot(db.engine) as connection:
        hurry(connection)
        key_list = list_keys(connection, current_principal(), organization_id, show, page_number(), order, **options)
    page = Page(key_list.first, len(key_list.keys), key_list.total, key_list.size)
    values = {"key_list": key_list, "show": show, "order": order, "search": search, "page": page}
    return render_template("api_keys/index.html", **values, **common_values(organization_id))


@blueprint.get("/list.csv")
def index_csv(organization_id: int) -> ResponseReturnValue:
    """All keys of the chosen filter and search, in the chosen order; what the list doesn't show to a member isn't in the file."""
    filters: dict[str, Any] = {"show": chosen(Show, "show"), "order": chosen(Order, "sort"), "search": searched(request.args)}
    with snapshot(db.engine) as connection:
        hurry(connection)
        key_list = list_keys(connection, current_principal(), organization_id, **filters, size=MAX_CSV_ROWS, counted=not account().late)
    columns = CSV_COLUMNS + CSV_USAGE_COLUMNS if key_list.sees_usage else CSV_COLUMNS
    return csv_answer("api-keys.csv", columns, map(csv_cells, key_list.keys))


def searched(values: Mapping[str, str]) -> str:
    """Returns what is searched for; of a whole token only its public beginning, so that no page repeats the rest."""
    return SECRET.sub("", values.get("q", "").strip()[:MAX_SEARCH_CHARACTERS])


def csv_cells(listed: Listed) -> Sequence[object]:
    """Returns a key's row, with the usage columns for who may see them; times in UTC."""
    key = listed.key
    token = f"pport_{key.token_id[:4]}…{key.last_four}"
    expires = key.expires_at and key.expires_at.strftime(TIMESTAMP_FORM)
    facts = (key.id, key.name, key.note, token, key.state, listed.access, expires, key.created.strftime(TIMESTAMP_FORM), key.issued_by)
    if key.last_use is None:
        return facts
    used_at = key.last_use.at and key.last_use.at.strftime(TIMESTAMP_FORM)
    return *facts, used_at, key.last_use.address, "unavailable" if listed.days is None else sum(listed.days)
