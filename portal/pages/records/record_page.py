"""The page of a record that stands for itself: its state, what belongs to it, its history, and what can be done."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.permissions import Permission
from portal.db.session import snapshot
from portal.extensions import db
from portal.pages.identity import current_principal
from portal.pages.records.blueprint import blueprint, common_values
from portal.pages.records.change_words import names_of_parts, say_act, say_difference
from portal.pages.records.new_record import CREATED_BELOW
from portal.pages.records.own_record import READ, load_object
from portal.registry.read.differences.read_differences import read_differences
from portal.registry.read.own.parts import read_parts
from portal.registry.read.own.record_acts import read_record_acts


@blueprint.get("/<path>/<int:record_id>")
def show(organization_id: int, path: str, record_id: int) -> ResponseReturnValue:
    record, principal = load_object(organization_id, path, record_id, READ), current_principal()
    sees_history = principal.may(Permission.AUDIT_READ, organization_id)
    with snapshot(db.engine) as connection:
        parts = read_parts(connection, principal, record.kind, record_id, all_rows="all" in request.args)
        compared = read_differences(connection, principal, record.kind.tag, record_id)
        acts = read_record_acts(connection, principal, organization_id, record.kind, record_id) if sees_history else []
    names, about = names_of_parts(parts), (record.kind.tag, record_id)
    differences = [say_difference(difference, names, about) for difference in compared]
    history = [(act, say_act(act.changes, names, about)) for act in acts] if sees_history else None
    values = {
        "record": record,
        "parts": parts,
        "names": names,
        "history": history,
        "differences": differences,
        "created_below": CREATED_BELOW,
    }
    return render_template("records/show.html", **values, **common_values(organization_id))
