"""Giving a record back to the import, after a page that says what goes and what is overwritten: a dry run has done all of it."""

from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.errors import Conflict
from portal.extensions import db
from portal.pages.blueprint import FORM_METHODS
from portal.pages.identity import current_principal
from portal.pages.records.blueprint import blueprint, common_values
from portal.pages.records.change_words import first_capital, say_field
from portal.pages.records.nouns import NOUN_OF_TAG
from portal.pages.records.own_record import Record, load_object
from portal.registry.records import DELETED
from portal.registry.write.act import Written
from portal.registry.write.authority.follow_import import follow_import
from portal.registry.write.record_history import RowChange


@dataclass(frozen=True)
class Rehearsal:
    """What would be done, a line each; `obstacle` is why it can't be."""

    lines: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    obstacle: str = ""


@blueprint.route("/<path>/<int:record_id>/follow", methods=FORM_METHODS)
def follow(organization_id: int, path: str, record_id: int) -> ResponseReturnValue:
    record = load_object(organization_id, path, record_id, "update")
    page, name, own_page = record.page, record.name, record.url("follow")
    if record.follows_import:
        return redirect(page)
    if request.method != "POST":
        return show_follow(record)
    try:
        written = follow_import(db.session(), current_principal(), record.kind, record_id)
        db.session.commit()
    except Conflict:
        return redirect(own_page)  # which says why
    flash(f"{name} follows the import from now on.", "good")
    for warning in written.warnings:
        flash(warning.message, "warn")
    return redirect(page)


def show_follow(record: Record) -> ResponseReturnValue:
    organization_id, record_id, path = record.place.organization_id, record.row.id, record.noun.path
    rehearsal = rehearse(record)
    record = load_object(organization_id, path, record_id, "update")
    values = {"record": record, "rehearsal": rehearsal, **common_values(organization_id)}
    return render_template("records/follow.html", **values)


def rehearse(record: Record) -> Rehearsal:
    try:
        written = follow_import(db.session(), current_principal(), record.kind, record.row.id)
        return Rehearsal(say_written(record, written), [warning.message for warning in written.warnings])
    except Conflict as error:
        return Rehearsal(obstacle=error.message)
    finally:
        db.session.rollback()


def say_written(record: Record, written: Written) -> list[str]:
    return [line for change in written.changes for line in say_row(record, change)]


def say_row(record: Record, change: RowChange) -> list[str]:
    """Of the record itself fields alone; what belongs to it is named."""
    name = "" if change.row is record.row else Record(NOUN_OF_TAG[change.kind.tag], change.row, change.place).name
    lines = []
    for column, (before, after) in change.fields.items():
        if column == "status":
            lines.append(first_capital(f"{name}: {'deleted' if after == DELETED else 'added'}"))
        elif column != "source":
            lines.append(say_field(name, change.kind, column, before, after))
    return lines
