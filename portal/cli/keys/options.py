"""Options that commands about keys have in common."""

from datetime import date, datetime, timedelta

import click

from portal.db.session import now

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for a script.")
EXPIRES_IN = click.option("--expires-in", type=click.IntRange(0, 36500), metavar="DAYS", help="Works to the end of that day, UTC.")
EXPIRES_ON = click.option("--expires-on", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Works to the end of that day, UTC.")
NEVER = click.option("--never", is_flag=True, help="Never expires, where the organization's policy allows it.")
ADDRESS = click.option(
    "--address", "addresses", multiple=True, metavar="BLOCK", help="Works from there only, as 198.51.100.7 or 2001:db8:1::/48."
)


def last_day(expires_in: int | None, expires_on: datetime | None, never: bool, otherwise: date | None) -> date | None:
    """The last UTC day that the options say; None: never."""
    if sum((expires_in is not None, expires_on is not None, never)) > 1:
        raise click.UsageError("Say one of --expires-in, --expires-on and --never.")
    if expires_on is not None:
        return expires_on.date()
    if never:
        return None
    return otherwise if expires_in is None else now().date() + timedelta(days=expires_in)
