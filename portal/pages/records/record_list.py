"""The list of an organization's records: itself, its networks, exchanges, facilities, carriers and campuses."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.db.session import snapshot
from portal.extensions import db
from portal.pages.identity import current_principal
from portal.pages.records.blueprint import blueprint, common_values
from portal.registry.organizations import ORGANIZATION
from portal.registry.read.own.object_list import read_object_lists


@blueprint.get("")
def index(organization_id: int) -> ResponseReturnValue:
    with snapshot(db.engine) as connection:
        row, lists = read_object_lists(connection, current_principal(), organization_id, all_rows="all" in request.args)
    return render_template("records/index.html", row=row, lists=lists, own_kind=ORGANIZATION, **common_values(organization_id))
