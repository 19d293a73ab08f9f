"""The report of keys to look at, as a page and as a file."""

from collections.abc import Iterator

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.api_keys.queries.compliance import Report, ReportedKey, read_report
from portal.db.session import snapshot
from portal.db.types import TIMESTAMP_FORM
from portal.extensions import db
from portal.pages.api_keys.routes import place
from portal.pages.guards import only_signed_in, only_text
from portal.pages.identity import current_principal
from portal.pages.lists import csv_answer

blueprint = Blueprint("api_key_report", __name__, url_prefix="/organizations/<int:organization_id>/keys")
blueprint.before_request(only_text)
blueprint.before_request(only_signed_in)
COLUMNS = ("key id", "name", "state", "reason", "why", "expires")
USAGE_COLUMNS = ("last used", "address")


@blueprint.get("/report")
def index(organization_id: int) -> ResponseReturnValue:
    return render_template("api_keys/report.html", report=read(organization_id), **place(organization_id))


@blueprint.get("/report.csv")
def index_csv(organization_id: int) -> ResponseReturnValue:
    """A row for each reason of each key."""
    report = read(organization_id)
    columns = COLUMNS + USAGE_COLUMNS if report.sees_usage else COLUMNS
    return csv_answer("api-keys-to-look-at.csv", columns, (cells for reported in report.keys for cells in rows_of(reported)))


def read(organization_id: int) -> Report:
    with snapshot(db.engine) as connection:
        return read_report(connection, current_principal(), organization_id)


def rows_of(reported: ReportedKey) -> Iterator[tuple[object, ...]]:
    """Times in UTC; the use for who may know it."""
    key = reported.key
    expires = key.expires_at and key.expires_at.strftime(TIMESTAMP_FORM)
    use = () if key.last_use is None else (key.last_use.at and key.last_use.at.strftime(TIMESTAMP_FORM), key.last_use.address)
    for why, words in reported.reasons:
        yield key.id, key.name, key.state, why, words, expires, *use
