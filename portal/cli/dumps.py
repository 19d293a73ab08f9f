"""Dumps in PeeringDB's form, in and out."""

import gzip
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click

from portal.access.principal import COMMAND_LINE
from portal.cli.context import open_registry
from portal.cli.errors import one_line_errors
from portal.cli.make_database import make_local_database
from portal.cli.output import write_json
from portal.extensions import db, settings
from portal.importer.export import export_dump
from portal.importer.outcome import Outcome
from portal.importer.problems import Report, written_beside
from portal.importer.run import Options, import_dump
from portal.importer.stream import Source

SKIPPED, REFUSED = 1, 2
MAX_PROBLEM_KINDS = 10  # of problems that the summary tells
COLUMNS = {
    "inFile": "in file",
    "added": "added",
    "updated": "updated",
    "unchanged": "unchanged",
    "deleted": "deleted",
    "skipped": "skipped",
    "leftAlone": "left alone",
}
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for a script.")


class NothingDone(click.ClickException):
    """Nothing was done, or not all: the file was refused, or the database can't be used."""

    exit_code = REFUSED


@contextmanager
def refusal_exit_code() -> Iterator[None]:
    """Gives foreseeable errors an exit code of their own, unlike skipped rows."""
    try:
        with one_line_errors():
            yield
    except click.ClickException as error:
        raise NothingDone(error.message) from error


class Progress:
    """One line on the terminal that is written over and over; nothing where standard error is no terminal."""

    def __init__(self, source: Source, size: int) -> None:
        self.source, self.size = source, size  # 0 for a pipe
        self.shown = ""

    def show(self, doing: str) -> None:
        done = f" {100 * self.source.count // self.size} %" if doing == "Reading" and self.size else ""
        if sys.stderr.isatty() and self.shown != doing + done:
            self.shown = doing + done
            self.write(self.shown)

    def end(self) -> None:
        if self.shown:
            self.write("")

    def write(self, line: str) -> None:
        click.echo(f"\r\033[K{line}", nl=False, err=True)


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--full",
    is_flag=True,
    help="Delete rows that follow the import and that the file no longer has; refused where that is over 5 % of a type.",
)
@click.option("--force", is_flag=True, help="With --full: however many that are.")
@click.option("--report", "report_path", type=click.Path(path_type=Path, dir_okay=False), help="Where to name each row that had a problem.")
@AS_JSON
def import_command(file: BinaryIO, full: bool, force: bool, report_path: Path | None, as_json: bool) -> None:
    """Import a dump in PeeringDB's form.

    Plain or gzip; "-" is standard input. Ends with 0 when all of it came in, 1 when rows were skipped or lost a reference, and 2 when
    nothing was done, as for a refused file, or only a part.
    The report, by default import-report.jsonl in the data folder, names each such row in a line of JSON. The import can be repeated, and
    completes one that was stopped: others can write while it goes on. In local mode it makes the database where there is none.
    """
    source = Source(file)
    progress = Progress(source, os.fstat(file.fileno()).st_size)
    with refusal_exit_code():
        make_local_database()
    with refusal_exit_code(), open_registry() as session:
        session.rollback()  # nothing of the registry is held while the file is read
        path = report_path or settings().data / "import-report.jsonl"
        with written_beside(path) as written:
            report = Report(written)
            try:
                options = Options(full, force)
                outcome = import_dump(db.engine, COMMAND_LINE, source, Path(file.name).name, options, watch=progress.show, tell=report.add)
            finally:
                progress.end()
    if as_json:
        write_json(outcome.facts() | {"report": str(path)})
    else:
        summarize(outcome, path)
    sys.exit(0 if outcome.clean else SKIPPED)


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@AS_JSON
def export_command(file: Path, as_json: bool) -> None:
    """Write the registry in PeeringDB's form.

    An empty registry can import it. "-" is standard output, *.gz is packed. The file holds private contacts and notes, so that only its
    owner can read it.
    """
    with refusal_exit_code(), open_registry():
        if file == Path("-"):
            export_dump(db.engine, COMMAND_LINE, sys.stdout.buffer)
            return
        with written_beside(file) as written, packed(written, file) as stream:
            counts = export_dump(db.engine, COMMAND_LINE, stream)
    if as_json:
        write_json({"file": str(file), "types": counts})
    else:
        click.echo(f"Exported {sum(counts.values()):,} rows to {file}.")


@contextmanager
def packed(file: BinaryIO, path: Path) -> Iterator[BinaryIO]:
    """The file, or a gzip stream into it."""
    if path.suffix != ".gz":
        yield file
        return
    with gzip.GzipFile(path.name.removesuffix(".gz"), "wb", 6, file) as stream:
        yield stream  # type: ignore[misc]  # a GzipFile writes as a BinaryIO does


def summarize(outcome: Outcome, report: Path) -> None:
    """A table of types, and the most frequent problems."""
    click.echo(" ".join((f"{'':10}", *(f"{title:>10}" for title in COLUMNS.values()))))
    for tag, counts in outcome.counts.items():
        if any(counts.values()):
            click.echo(" ".join((f"{tag:10}", *(f"{counts[name]:>10,}" for name in COLUMNS))))
    click.echo(" ".join((f"{'all':10}", *(f"{outcome.total(name):>10,}" for name in COLUMNS))))
    for problem in outcome.problems[:MAX_PROBLEM_KINDS]:
        click.echo(problem_line(problem))
    if further := sum(problem["count"] for problem in outcome.problems[MAX_PROBLEM_KINDS:]):
        click.echo(f"{further:>10,}  of other kinds")
    if outcome.problems:
        click.echo(f"Each is named in {report}.")
    if outcome.ignored:
        click.echo(f"Not a type of PeeringDB's, ignored: {', '.join(outcome.ignored)}.")
    if outcome.unknown_fields:
        click.echo(f"Not a field of the portal's, ignored: {', '.join(map(unknown_field, outcome.unknown_fields))}.")
    if outcome.counted_fields:
        click.echo(f"Counted here, and not taken from the file: {', '.join(outcome.counted_fields)}.")
    if outcome.differences:
        click.echo(f"Different from what is kept here: {outcome.differences:,}. To list them: portal records differences.")
    click.echo(f"The registry is at version {outcome.version}." if outcome.changed else f"Nothing changed since version {outcome.version}.")


def unknown_field(field: dict[str, Any]) -> str:
    """`net.looking_glass_v2 (3,201 rows)`."""
    return f"{field['type']}.{field['field']} ({field['count']:,} {'row' if field['count'] == 1 else 'rows'})"


def problem_line(problem: dict[str, Any]) -> str:
    """`367  ix.org_id → org: absent reference, skipped`."""
    subject = problem["type"] + (f".{problem['field']}" if "field" in problem else "")
    other = f" → {problem['parent']}" if "parent" in problem else ""
    value = f" {problem['value']!r}" if "value" in problem else ""
    return f"{problem['count']:>10,}  {subject}{other}: {problem['problem']}{value}, {problem['outcome']}"


commands = (import_command, export_command)
