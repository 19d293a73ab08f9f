"""The audit from the command line: is its chain whole, and its rows as a file."""

import os
import re
from datetime import datetime
from typing import Any

import click
import orjson

from portal.access.principal import COMMAND_LINE
from portal.audit.export import export_rows
from portal.audit.json_lines import line
from portal.audit.prune import prune
from portal.audit.rekey import rekey
from portal.audit.verify import Finding, Head, Verdict, verify
from portal.cli.context import open_registry
from portal.cli.ids import ID
from portal.db.session import snapshot
from portal.errors import ConfigurationError
from portal.extensions import db, settings
from portal.settings import long_enough

HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


class HeadText(click.ParamType[Head]):
    """`NUMBER:HMAC`, as `portal audit verify` printed it."""

    name = "head"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        match = HEAD.fullmatch(str(value).strip())
        if match is None:
            self.fail("Give the head as it was printed: a number, a colon and 64 digits from 0 to f.", param, ctx)
        return Head(int(match[1]), bytes.fromhex(match[2]))


@click.group()
def audit() -> None:
    """Check, export and prune the record of what was done."""


@audit.command("verify")
@click.option("--head", "noted", type=HeadText(), metavar="HEAD", help="A head that was printed and noted down earlier.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for a script.")
def verify_chain(noted: Head | None, as_json: bool) -> None:
    """Check that no row of the audit was changed, removed or inserted.

    Prints the head to note down elsewhere: given back by --head it shows that the newest rows of that time are still there. Ends with 1
    when something is wrong. Anyone who holds PORTAL_AUDIT_KEY can forge rows that fit.
    """
    with open_registry(), snapshot(db.engine) as connection:
        verdict = verify(connection, settings().audit_key, noted)
    if as_json:
        click.echo(orjson.dumps(verdict_facts(verdict), option=orjson.OPT_INDENT_2).decode())
    else:
        print_verdict(verdict)
    if verdict.wrong:
        raise click.exceptions.Exit(1)


def print_verdict(verdict: Verdict) -> None:
    for finding in verdict.findings:
        click.echo(f"Problem: {finding.words}")
    if verdict.wrong > len(verdict.findings):
        click.echo(f"And {verdict.wrong - len(verdict.findings)} more.")
    click.echo(f"{verdict.rows} rows checked. " + ("They are NOT as they were written." if verdict.wrong else "All is as it was written."))
    if verdict.head:
        click.echo(f"Head: {verdict.head}")


def verdict_facts(verdict: Verdict) -> dict[str, Any]:
    return {
        "ok": not verdict.wrong,
        "rows": verdict.rows,
        "head": str(verdict.head) if verdict.head else None,
        "problems": verdict.wrong,
        "findings": [finding_facts(finding) for finding in verdict.findings],
    }


def finding_facts(finding: Finding) -> dict[str, Any]:
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


@audit.command("rekey")
def change_key() -> None:
    """Change the audit key to PORTAL_NEW_AUDIT_KEY, if the chain is whole under PORTAL_AUDIT_KEY.

    Stop the portal first, and set PORTAL_AUDIT_KEY to the new key before it starts again: with the old one it refuses every act that
    belongs in the audit.
    """
    with open_registry() as session:
        if not settings().production:
            raise ConfigurationError("Local mode keeps a key of its own in secrets.json, for this machine alone. Use production settings.")
        new_key = long_enough("PORTAL_NEW_AUDIT_KEY", os.environ.get("PORTAL_NEW_AUDIT_KEY", ""))
        head = rekey(session, COMMAND_LINE, new_key.encode())
        session.commit()
    click.echo(f"The audit is chained with the new key. Set PORTAL_AUDIT_KEY to it, and note the new head: {head}")
    click.echo("Portals that still run have the old key, and refuse acts until they are restarted with the new one.")


@audit.command("export")
@click.option("--organization", "organization_id", type=ID, metavar="ID", help="Only what this organization's activity shows.")
def export(organization_id: int | None) -> None:
    """Write the audit to standard output as lines of JSON, the oldest row first."""
    with open_registry(), snapshot(db.engine) as connection:
        for row in export_rows(connection, COMMAND_LINE, organization_id):
            click.echo(line(row), nl=False)


commands = (audit,)
