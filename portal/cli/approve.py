"""`portal approve` and `portal refuse`: what waits for an operator."""

import click

from portal.access.principal import COMMAND_LINE
from portal.cli.context import open_registry
from portal.registry.networks import Network
from portal.registry.write import approve as approvals
from portal.registry.write.refuse import refuse as refuse_record


@click.command()
@click.argument("what", nargs=-1, metavar="[net:ID | ix:ID]…")
def approve(what: tuple[str, ...]) -> None:
    """Approve new networks and exchanges.

    Each with everything that waits with it. Without any named, list those that wait.
    """
    with open_registry() as session:
        if not what:
            show_waiting(approvals.waiting(session, COMMAND_LINE))
            return
        names = [approvals.approve(session, COMMAND_LINE, text).name for text in what]
        session.commit()
    for text, name in zip(what, names, strict=True):
        click.echo(f"{text}  {name} is live.")


@click.command()
@click.argument("what", metavar="net:ID | ix:ID")
@click.option("--reason", required=True, help="Why; the organization's admins are told by e-mail.")
def refuse(what: str, reason: str) -> None:
    """Refuse a new network or exchange that waits for approval.

    It becomes deleted, with everything that waits with it.
    """
    with open_registry() as session:
        name = refuse_record(session, COMMAND_LINE, what, reason).name
        session.commit()
    click.echo(f"{what}  {name} is refused.")


def show_waiting(rows: approvals.Waiting) -> None:
    for text, row, organization in rows:
        asn = f"AS{row.asn} " if isinstance(row, Network) else ""
        click.echo(f"{text}  {asn}{row.name} · {organization} · since {row.created:%Y-%m-%d}")
    if not rows:
        click.echo("Nothing waits for approval.", err=True)


commands = (approve, refuse)
