"""Editing a record in place; what someone else changed meanwhile is chosen field by field, and nothing is lost unseen."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.extensions import db
from portal.pages.blueprint import FORM_METHODS
from portal.pages.identity import current_principal
from portal.pages.records.blueprint import blueprint, common_values
from portal.pages.records.conflict import find_differences, take_choices
from portal.pages.records.labels import HINTS, groups_of, label_of
from portal.pages.records.own_record import Record, load_record
from portal.pages.records.record_form import RecordForm, record_form
from portal.registry.rules.problem import CONFLICT, FOLLOWS_IMPORT, Rejected
from portal.registry.write.act import Written
from portal.registry.write.update import update_record


@blueprint.route("/<path>/<int:record_id>/edit", methods=FORM_METHODS)
def edit(organization_id: int, path: str, record_id: int) -> ResponseReturnValue:
    record = load_record(organization_id, path, record_id, "update")
    if record.follows_import:
        return show_follows(record)
    form = record_form(record.kind, record.row)
    if request.method != "POST":
        return show_form(record, form)
    if not form.is_whole():
        return show_form(record, form, 400)
    take_choices(form, record.row)
    given = form.given()
    if form.errors:
        return show_form(record, form, 400)
    try:
        written = update_record(db.session(), current_principal(), record.kind, record_id, given, form.seen_version)
        name, page = record.name, record.page
        db.session.commit()
    except Rejected as rejected:
        db.session.rollback()
        return show_rejected(organization_id, path, form, record_id, rejected)
    say_written(written, f"{name} is changed." if written.changes else f"Nothing was changed in {name}.")
    return redirect(page)


def show_rejected(organization_id: int, path: str, form: RecordForm, record_id: int, rejected: Rejected) -> ResponseReturnValue:
    record = load_record(organization_id, path, record_id, "update")
    codes = {problem.code for problem in rejected.problems}
    if FOLLOWS_IMPORT in codes:
        return show_follows(record, 409)
    if CONFLICT in codes:
        return show_conflict(record, form)
    form.put_problems(rejected.problems)
    return show_form(record, form, 400)


def show_conflict(record: Record, form: RecordForm) -> ResponseReturnValue:
    differences = find_differences(form, record.row)
    form.open_anew(record.row)
    values = {"record": record, "form": form, "differences": differences, **common_values(record.place.organization_id)}
    return render_template("records/conflict.html", **values), 409


def show_form(record: Record, form: RecordForm, status: int = 200, **values: Any) -> ResponseReturnValue:
    page = {"record": record, "form": form, "groups": list(groups_of(form.columns)), "hints": HINTS, **values}
    return render_template("records/edit.html", **page, **common_values(record.place.organization_id)), status


def show_follows(record: Record, status: int = 200) -> ResponseReturnValue:
    return render_template("records/follows.html", record=record, **common_values(record.place.organization_id)), status


def say_written(written: Written, text: str) -> None:
    """On the next page: what was done, and what to look at though it was."""
    flash(text[0].upper() + text[1:], "good" if written.changes else "info")
    for warning in written.warnings:
        flash(f"{label_of(warning.path[0])}: {warning.message}" if warning.path else warning.message, "warn")
