"""An organization's activity: who did what to which object, when and from where; on pages and as files."""

from functools import partial
from typing import Any

import orjson
from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from portal.api_keys.queries.object_names import read_object_names
from portal.audit.activity import Activity, read_activity, read_choices
from portal.audit.json_lines import as_json, line
from portal.audit.sentences import events_of_organizations, say_details, says, sentence
from portal.db.session import snapshot
from portal.extensions import db
from portal.pages.activity.forms import ActivityForm
from portal.pages.blueprint import Needs, PageBlueprint
from portal.pages.identity import current_principal, organization_name
from portal.pages.lists import MAX_CSV_ROWS, csv_answer
from portal.pages.records.change_words import say_act
from portal.registry.read.own.record_acts import read_acts
from portal.whole_numbers import LARGEST_ID, read_number

blueprint = PageBlueprint("activity", __name__, needs=Needs.SIGN_IN, url_prefix="/organizations/<int:organization_id>")
CSV_COLUMNS = ("number", "time", "what", "actor kind", "actor id", "actor", "event", "object type", "object id", "object", "address")
OF_RECORDS = "record."  # how events begin whose details are in the history of records
CSV_MORE_COLUMNS = ("user agent", "details")


@blueprint.get("/activity")
def index(organization_id: int) -> ResponseReturnValue:
    form = ActivityForm.of_address()
    with snapshot(db.engine) as connection:
        principal = current_principal()
        activity = read_activity(
            connection, principal, organization_id, form.chosen(), before=row_number("before"), after=row_number("after")
        )
        choices = read_choices(connection, principal, organization_id)
        names = read_object_names(connection, principal, [row.details for row in activity.rows])
        acts = read_acts(connection, principal, organization_id, [row.number for row in activity.rows if row.event.startswith(OF_RECORDS)])
    form.offer(choices, events_of_organizations())
    filters = form.as_query()
    abouts = {row.number: (row.subject_type, read_number(row.subject_id) or 0) for row in activity.rows if row.event.startswith(OF_RECORDS)}
    lines = {act.number: say_act(act.changes, {}, abouts[act.number]) for act in acts}
    values: dict[str, Any] = {
        "lines": lines,
        "says": says,
        "say_details": partial(say_details, names=names),
        "filters": filters,
        "older": "",
        "newer": "",
    }
    query = {"organization_id": organization_id, **filters}
    if activity.older is not None:
        values["older"] = url_for("activity.index", **query, before=activity.older)
    if activity.newer is not None:
        values["newer"] = url_for("activity.index", **query, after=activity.newer)
    values |= {"organization_id": organization_id, "organization": organization_name(organization_id)}
    return render_template("activity/index.html", activity=activity, form=form, **values), 400 if form.errors else 200


@blueprint.get("/activity.csv")
def index_csv(organization_id: int) -> ResponseReturnValue:
    """What the filter shows, at most its newest 100,000 rows."""
    return csv_answer("activity.csv", CSV_COLUMNS + CSV_MORE_COLUMNS, map(csv_cells, everything(organization_id).rows))


@blueprint.get("/activity.jsonl")
def index_jsonl(organization_id: int) -> ResponseReturnValue:
    """The same as lines of JSON."""
    headers = {"Content-Disposition": 'attachment; filename="activity.jsonl"', "Cache-Control": "no-store"}
    return Response(b"".join(map(line, everything(organization_id).rows)), mimetype="application/jsonl", headers=headers)


def everything(organization_id: int) -> Activity:
    filters = ActivityForm.of_address().chosen()
    with snapshot(db.engine) as connection:
        return read_activity(connection, current_principal(), organization_id, filters, size=MAX_CSV_ROWS)


def csv_cells(row: Row[Any]) -> list[object]:
    facts = as_json(row)
    actor, subject = facts["actor"], facts["object"]
    details = orjson.dumps(facts["details"], option=orjson.OPT_SORT_KEYS).decode() if facts["details"] else ""
    return [row.number, facts["at"], sentence(row), *actor.values(), row.event, *subject.values(), row.address, row.user_agent, details]


def row_number(name: str) -> int | None:
    """Returns the row's number that the address names, or None for what isn't one."""
    return read_number(request.args.get(name, ""), LARGEST_ID)
