"""An organization's activity: who did what to which object, when and from where; on pages and as files."""

from typing import Any

import orjson
from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from portal.audit import Event
from portal.audit.activity import Activity, read_activity, read_choices
from portal.audit.json_lines import as_json, line
from portal.audit.sentences import name_event, say_details, says, sentence
from portal.db.session import snapshot
from portal.extensions import db
from portal.pages.activity.forms import ActivityForm
from portal.pages.guards import only_signed_in, only_text
from portal.pages.identity import current_principal, signed_in
from portal.pages.lists import csv_answer

blueprint = Blueprint("activity", __name__, url_prefix="/organizations/<int:organization_id>")
blueprint.before_request(only_text)
blueprint.before_request(only_signed_in)
MOST_IN_FILE = 100_000
LARGEST_NUMBER = 2**31 - 1
CSV_COLUMNS = ("number", "time", "what", "actor kind", "actor id", "actor", "event", "object type", "object id", "object", "address")
MORE_COLUMNS = ("user agent", "details")


@blueprint.get("/activity")
def index(organization_id: int) -> ResponseReturnValue:
    form = ActivityForm.asked()
    with snapshot(db.engine) as connection:
        principal = current_principal()
        found = read_activity(connection, principal, organization_id, form.wanted(), before=number("before"), after=number("after"))
        choices = read_choices(connection, principal, organization_id)
    form.offer(choices, {event.value: name_event(event) for event in Event})
    person = signed_in()
    names = {mine.id: mine.name for mine in person.organizations} if person else {}
    asked = form.as_query()
    values: dict[str, Any] = {"says": says, "say_details": say_details, "asked": asked, "older": "", "newer": ""}
    here = {"organization_id": organization_id, **asked}
    if found.older is not None:
        values["older"] = url_for("activity.index", **here, before=found.older)
    if found.newer is not None:
        values["newer"] = url_for("activity.index", **here, after=found.newer)
    place = {"organization_id": organization_id, "organization": names.get(organization_id, "")}
    return render_template("activity/index.html", found=found, form=form, **values, **place), 400 if form.errors else 200


@blueprint.get("/activity.csv")
def index_csv(organization_id: int) -> ResponseReturnValue:
    """What the filter shows, at most its newest 100,000 rows."""
    return csv_answer("activity.csv", CSV_COLUMNS + MORE_COLUMNS, map(cells, everything(organization_id).rows))


@blueprint.get("/activity.jsonl")
def index_jsonl(organization_id: int) -> ResponseReturnValue:
    """The same as lines of JSON."""
    headers = {"Content-Disposition": 'attachment; filename="activity.jsonl"', "Cache-Control": "no-store"}
    return Response(b"".join(map(line, everything(organization_id).rows)), mimetype="application/jsonl", headers=headers)


def everything(organization_id: int) -> Activity:
    wanted = ActivityForm.asked().wanted()
    with snapshot(db.engine) as connection:
        return read_activity(connection, current_principal(), organization_id, wanted, size=MOST_IN_FILE)


def cells(row: Row[Any]) -> list[object]:
    said = as_json(row)
    actor, subject = said["actor"], said["object"]
    details = orjson.dumps(said["details"], option=orjson.OPT_SORT_KEYS).decode() if said["details"] else ""
    facts = (row.number, said["at"], sentence(row), *actor.values(), row.event, *subject.values(), row.address, row.user_agent, details)
    return list(facts)


def number(name: str) -> int | None:
    """A row's number that the address names; None for what isn't one."""
    found = request.args.get(name, type=int)
    return found if found is not None and 0 <= found <= LARGEST_NUMBER else None
