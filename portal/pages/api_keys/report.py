"""The report of keys that need attention, as a page and as a file."""

from collections.abc import Iterator

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.api_keys.queries.compliance import Report, ReportedKey, read_report
from portal.db.session import snapshot
from portal.db.types import TIMESTAMP_FORM
from portal.extensions import db
from portal.pages.api_keys.blueprint import blueprint, common_values
from portal.pages.identity import current_principal
from portal.pages.lists import csv_answer

CSV_COLUMNS = ("key id", "name", "state", "reason", "why", "expires")
CSV_USAGE_COLUMNS = ("last used", "address")


@blueprint.get("/report")
def report(organization_id: int) -> ResponseReturnValue:
    return render_template("api_keys/report.html", report=read(organization_id), **common_values(organization_id))


@blueprint.get("/report.csv")
def report_csv(organization_id: int) -> ResponseReturnValue:
    """A row for each reason of each key."""
    attention = read(organization_id)
    columns = CSV_COLUMNS + CSV_USAGE_COLUMNS if attention.sees_usage else CSV_COLUMNS
    return csv_answer("api-keys-that-need-attention.csv", columns, (cells for reported in attention.keys for cells in csv_rows(reported)))


def read(organization_id: int) -> Report:
    with snapshot(db.engine) as connection:
        return read_report(connection, current_principal(), organization_id)


def csv_rows(reported: ReportedKey) -> Iterator[tuple[object, ...]]:
    """Times in UTC; the use for who may know it."""
    key = reported.key
    expires = key.expires_at and key.expires_at.strftime(TIMESTAMP_FORM)
    use = () if key.last_use is None else (key.last_use.at and key.last_use.at.strftime(TIMESTAMP_FORM), key.last_use.address)
    for why, words in reported.reasons:
        yield key.id, key.name, key.state, why, words, expires, *use
