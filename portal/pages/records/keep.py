"""Keeping a record here that follows the import, after a page that says what it means; and confirming that a record is current."""

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.extensions import db
from portal.pages.blueprint import FORM_METHODS
from portal.pages.identity import current_principal
from portal.pages.records.blueprint import blueprint, common_values
from portal.pages.records.own_record import load_object
from portal.registry.write.consent.confirm_record import confirm_record
from portal.registry.write.keep_here import keep_here


@blueprint.route("/<path>/<int:record_id>/keep", methods=FORM_METHODS)
def keep(organization_id: int, path: str, record_id: int) -> ResponseReturnValue:
    record = load_object(organization_id, path, record_id, "update")
    page, name = record.page, record.name
    if not record.follows_import:
        return redirect(page)
    if request.method != "POST":
        return render_template("records/keep.html", record=record, **common_values(organization_id))
    keep_here(db.session(), current_principal(), record.kind, record_id)
    db.session.commit()
    flash(f"{name} is kept here from now on. You can edit it, and imports leave it alone.", "good")
    return redirect(page)


@blueprint.post("/<path>/<int:record_id>/confirm")
def confirm(organization_id: int, path: str, record_id: int) -> ResponseReturnValue:
    record = load_object(organization_id, path, record_id, "update")
    page, name = record.page, record.name
    confirm_record(db.session(), current_principal(), record.kind, record_id)
    db.session.commit()
    flash(f"{name} is confirmed as current. Everyone can see when that was.", "good")
    return redirect(page)
