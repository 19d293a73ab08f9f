"""The page of a record that stands for itself: its state, what belongs to it, its history, and what can be done."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.pages.records.blueprint import blueprint, common_values
from portal.pages.records.own_record import READ, load_object


@blueprint.get("/<path>/<int:record_id>")
def show(organization_id: int, path: str, record_id: int) -> ResponseReturnValue:
    record = load_object(organization_id, path, record_id, READ)
    return render_template("records/show.html", record=record, **common_values(organization_id))
