"""Deleting a record, after a page that says what goes along and what stands in the way: it has done all of it, and taken it back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.extensions import db
from portal.pages.blueprint import FORM_METHODS
from portal.pages.identity import current_principal
from portal.pages.records.blueprint import blueprint, common_values
from portal.pages.records.edit import show_follows
from portal.pages.records.nouns import NOUN_OF_TAG
from portal.pages.records.own_record import Record, load_record
from portal.registry.rules.problem import Problem, Rejected
from portal.registry.write.delete import Users, delete_record
from portal.whole_numbers import LARGEST_ID, read_number


@dataclass(frozen=True)
class Outcome:
    """`along`: as in "2 ports", what goes with the record. `obstacles`: what keeps it from being deleted."""

    along: Sequence[str] = ()
    obstacles: Sequence[str] = ()


@blueprint.route("/<path>/<int:record_id>/delete", methods=FORM_METHODS)
def delete(organization_id: int, path: str, record_id: int) -> ResponseReturnValue:
    record = load_record(organization_id, path, record_id, "delete")
    if record.follows_import:
        return show_follows(record)
    if request.method != "POST":
        return show_delete(record)
    seen = read_number(request.form.get("version", ""), LARGEST_ID)
    if seen is None:
        return show_delete(record, 400)
    name, page = record.name, record.page
    if record.stands_alone:
        page = url_for("records.index", organization_id=organization_id)
    try:
        delete_record(db.session(), current_principal(), record.kind, record_id, seen)
        db.session.commit()
    except Rejected as rejected:
        db.session.rollback()
        return show_delete(load_record(organization_id, path, record_id, "delete"), 409, rejected)
    flash(f"{name[0].upper()}{name[1:]} is deleted.", "good")
    return redirect(page)


def show_delete(record: Record, status: int = 200, rejected: Rejected | None = None) -> ResponseReturnValue:
    version, organization_id = record.row.version, record.place.organization_id
    outcome = Outcome(obstacles=[say_obstacle(problem) for problem in rejected.problems]) if rejected else rehearse(record)
    record = load_record(organization_id, record.noun.path, record.row.id, "delete")
    values = {"record": record, "version": version, "outcome": outcome}
    return render_template("records/delete.html", **values, **common_values(organization_id)), status


def rehearse(record: Record) -> Outcome:
    try:
        written = delete_record(db.session(), current_principal(), record.kind, record.row.id)
        counts = Counter(change.kind.tag for change in written.changes if change.row is not written.row)
        return Outcome(along=[NOUN_OF_TAG[tag].count(number) for tag, number in counts.items()])
    except Rejected as rejected:
        return Outcome(obstacles=[say_obstacle(problem) for problem in rejected.problems])
    finally:
        db.session.rollback()


def say_obstacle(problem: Problem) -> str:
    """As "2 ports rely on it. …": a page names the types in its own words."""
    if not isinstance(problem, Users) or problem.kind is None:
        return problem.message
    noun, kind = NOUN_OF_TAG[problem.kind.tag], problem.kind
    words = noun.count(problem.number)
    if "facility_id" in kind.editable:
        owners = NOUN_OF_TAG[kind.parents[kind.owner].tag].many
        words = f"{problem.number:,} {'presence' if problem.number == 1 else 'presences'} of {owners}"
    return f"{words} {'relies' if problem.number == 1 else 'rely'} on it. Delete or move {'it' if problem.number == 1 else 'them'} first."
