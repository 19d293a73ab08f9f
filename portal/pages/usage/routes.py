"""An organization's usage: which keys do what how often, on a page and as a file."""

from dataclasses import astuple
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.access.token_refusals import REASON_LABELS
from portal.api_keys.policy import read_policy
from portal.api_keys.usage.by_key import Order, read_key_days
from portal.api_keys.usage.organization_usage import read_organization_use
from portal.api_keys.usage.periods import Period
from portal.api_keys.usage.points import read_hour
from portal.pages.blueprint import Needs, PageBlueprint
from portal.pages.identity import current_principal
from portal.pages.lists import Page, chosen, csv_answer, page_number
from portal.runtime import account_snapshot

blueprint = PageBlueprint("usage", __name__, needs=Needs.SIGN_IN, url_prefix="/organizations/<int:organization_id>")
NUMBER_COLUMNS = {
    Order.ANSWERED: "Answered",
    Order.DENIED: "Denied",
    Order.LIMITED: "Rate-limited",
    Order.ERRORS: "Errors",
    Order.POINTS: "Points",
}
SORTABLE_COLUMNS = {Order.NAME: "Name"} | NUMBER_COLUMNS | {Order.USED: "Last used"}
COLUMNS = ["Name", "State", *NUMBER_COLUMNS.values(), "Last used"]
CSV_COLUMNS = ("key id", "name", "day", "answered", "denied", "limited", "errors", "points")


@blueprint.get("/usage")
def index(organization_id: int) -> ResponseReturnValue:
    period, order = chosen(Period, "days"), chosen(Order, "sort")
    with account_snapshot() as connection:
        usage = read_organization_use(connection, current_principal(), organization_id, period, order, page_number())
        hour, policy = read_hour(connection, current_principal(), organization_id), read_policy(connection, organization_id)
    values: dict[str, Any] = {"usage": usage, "period": period, "periods": sorted(Period, key=int), "order": order, "words": REASON_LABELS}
    values |= {"hour": hour, "policy": policy, "columns": COLUMNS, "sortable": SORTABLE_COLUMNS, "numbers": list(NUMBER_COLUMNS.values())}
    page = Page(usage.first, len(usage.keys), usage.total, usage.size)
    return render_template("usage/index.html", organization_id=organization_id, page=page, **values)


@blueprint.get("/usage.csv")
def index_csv(organization_id: int) -> ResponseReturnValue:
    """A row for each key on each day on which it was used."""
    with account_snapshot() as connection:
        rows = read_key_days(connection, current_principal(), organization_id, chosen(Period, "days"))
    return csv_answer("usage.csv", CSV_COLUMNS, (astuple(row) for row in rows))
