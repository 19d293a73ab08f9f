"""The audit from the command line: is its chain whole, and its rows as a file."""

import re
from datetime import datetime
from typing import Any

import click
import orjson
from sqlalchemy import select

from portal.access.principal import COMMAND_LINE
from portal.audit.json_lines import line
from portal.audit.prune import prune
from portal.audit.verify import ROWS_AT_ONCE, Finding, Head, Verdict, verify
from portal.cli.context import open_registry
from portal.db.session import snapshot
from portal.extensions import db, settings
from portal.models import AuditRow

HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


class HeadText(click.ParamType[Head]):
    """`NUMBER:HMAC`, as `portal audit verify` printed it."""

    name = "head"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        found = HEAD.fullmatch(str(value).strip())
        if found is None:
            self.fail("Give the head as it was printed: a number, a colon and 64 digits from 0 to f.", param, ctx)
        return Head(int(found[1]), bytes.fromhex(found[2]))


@click.group()
def audit() -> None:
    """Check, export and prune the record of what was done."""


@audit.command("verify")
@click.option("--head", "noted", type=HeadText(), metavar="HEAD", help="A head that was printed and noted down earlier.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for a script.")
def verify_chain(noted: Head | None, as_json: bool) -> None:
    """Check that no row of the audit was changed, removed or inserted.

    Prints the head to note down elsewhere: given back by --head it shows that the newest rows of that time are still there. Ends with 1
    when something is wrong. Whoever holds PORTAL_AUDIT_KEY can forge rows that fit.
    """
    with open_registry(), snapshot(db.engine) as connection:
        verdict = verify(connection, settings().audit_key, noted)
    if as_json:
        click.echo(orjson.dumps(describe(verdict), option=orjson.OPT_INDENT_2).decode())
    else:
        say(verdict)
    if verdict.wrong:
        raise click.exceptions.Exit(1)


def say(verdict: Verdict) -> None:
    for finding in verdict.findings:
        click.echo(f"Problem: {finding.words}")
    if verdict.wrong > len(verdict.findings):
        click.echo(f"And {verdict.wrong - len(verdict.findings)} more.")
    click.echo(
        f"{verdict.rows} rows looked at. " + ("They are NOT as they were written." if verdict.wrong else "All is as it was written.")
    )
    if verdict.head:
        click.echo(f"Head: {verdict.head}")


def describe(verdict: Verdict) -> dict[str, Any]:
    return {
        "ok": not verdict.wrong,
        "rows": verdict.rows,
        "head": str(verdict.head) if verdict.head else None,
        "problems": verdict.wrong,
        "findings": [describe_finding(finding) for finding in verdict.findings],
    }


def describe_finding(finding: Finding) -> dict[str, Any]:
    return {"first": finding.first, "last": finding.last, "problem": finding.wrong, "message": finding.words}


@audit.command("prune")
@click.option("--before", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="The first UTC day to keep.")
def prune_rows(day: datetime) -> None:
    """Remove the rows from before a day for good, if the chain is whole.

    Writes a row that says so, from which the rest can still be verified. Export what you need to keep first.
    """
    with open_registry() as session:
        removed = prune(session, COMMAND_LINE, day.date())
        session.commit()
    click.echo(f"Removed {removed} rows. Note the new head: portal audit verify" if removed else "There is nothing from before that day.")


@audit.command("export")
@click.option("--organization", "organization_id", type=int, metavar="ID", help="Only what this organization's activity shows.")
def export(organization_id: int | None) -> None:
    """Write the audit to standard output as lines of JSON, the oldest row first."""
    statement = select(*AuditRow.__table__.columns).order_by(AuditRow.number).execution_options(yield_per=ROWS_AT_ONCE)
    if organization_id is not None:
        statement = statement.where(AuditRow.organization_id == organization_id)
    with open_registry(), snapshot(db.engine) as connection:
        for row in connection.execute(statement):
            click.echo(line(row), nl=False)


commands = (audit,)
