"""Creating a network, which waits for an operator; or a port, presence, contact or prefix of a record that is kept here."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.errors import NotFound
from portal.extensions import db
from portal.pages.blueprint import FORM_METHODS
from portal.pages.identity import current_principal
from portal.pages.records.blueprint import blueprint, common_values
from portal.pages.records.edit import say_written, show_follows
from portal.pages.records.labels import HINTS, groups_of
from portal.pages.records.named_place import PLACE_FIELDS, find_place
from portal.pages.records.nouns import NOUN_OF_TAG, Noun
from portal.pages.records.own_record import Record, load_record, noun_of
from portal.pages.records.record_form import RecordForm, record_form
from portal.registry.organizations import ORGANIZATION
from portal.registry.records import PENDING
from portal.registry.rules.problem import FOLLOWS_IMPORT, Rejected
from portal.registry.write.create import create_record
from portal.whole_numbers import LARGEST_ID, read_number

CREATED = ("net", "netixlan", "netfac", "poc", "ixpfx", "ixfac")
CREATED_BELOW = CREATED[1:]


@blueprint.route("/<path>/new", methods=FORM_METHODS)
def new(organization_id: int, path: str) -> ResponseReturnValue:
    noun = noun_of(path)
    if noun.kind.tag not in CREATED:
        raise NotFound(f"{noun.many.capitalize()} can't be created here.")
    parent = load_parent(organization_id, noun)
    if parent.follows_import and parent.kind is not ORGANIZATION:
        return show_follows(parent)
    form = record_form(noun.kind)
    if request.method != "POST":
        return show_new(noun, parent, form)
    if not form.is_whole():
        return show_new(noun, parent, form, 400)
    given = {**form.given(), noun.kind.owner: parent.row.id}
    if form.errors:
        return show_new(noun, parent, form, 400)
    return create(noun, parent, form, given)


def create(noun: Noun, parent: Record, form: RecordForm, given: dict[str, Any]) -> ResponseReturnValue:
    try:
        written = create_record(db.session(), current_principal(), noun.kind, given | find_place(noun.kind, form, given))
        organization_id, record_id, pending = parent.place.organization_id, written.row.id, written.row.status == PENDING
        db.session.commit()
    except Rejected as rejected:
        db.session.rollback()
        if any(problem.code == FOLLOWS_IMPORT for problem in rejected.problems):
            return show_follows(parent, 409)
        form.put_problems(rejected.problems)
        return show_new(noun, parent, form, 400)
    record = load_record(organization_id, noun.path, record_id, "update")
    waits = " It is pending until an operator approves it. Until then only your organization and operators see it."
    say_written(written, f"{record.name} is created.{waits if pending and record.stands_alone else ''}")
    return redirect(record.page)


def load_parent(organization_id: int, noun: Noun) -> Record:
    """Returns the record that the new one will belong to, which the address names by `below`; of a network its organization."""
    kind = noun.kind.parents[noun.kind.owner]
    below = organization_id if kind is ORGANIZATION else read_number(request.args.get("below", ""), LARGEST_ID)
    if below is None:
        raise NotFound(f"The address doesn't say what the new {noun.one} belongs to. Add it from the page of that record.")
    return load_record(organization_id, NOUN_OF_TAG[kind.tag].path, below, "create", noun.kind)


def show_new(noun: Noun, parent: Record, form: RecordForm, status: int = 200) -> ResponseReturnValue:
    place_field = PLACE_FIELDS.get(noun.kind.tag)
    organization_id = parent.place.organization_id
    back = parent.page if parent.kind is not ORGANIZATION else url_for("records.index", organization_id=organization_id)
    values = {"noun": noun, "parent": parent, "form": form, "groups": list(groups_of(form.columns)), "hints": HINTS, "back": back}
    return render_template("records/new.html", place_field=place_field, **values, **common_values(organization_id)), status
