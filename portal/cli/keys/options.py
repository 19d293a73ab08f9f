"""What the commands about keys have in common: options, and how a grant is written."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import click

from portal.access.permissions import GRANTABLE, RULES, Permission
from portal.api_keys.grants import Grants
from portal.api_keys.templates import TEMPLATES
from portal.db.session import now
from portal.whole_numbers import LARGEST_ID, read_number

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for a script.")
EXPIRES_IN = click.option("--expires-in", type=click.IntRange(0, 36500), metavar="DAYS", help="Works to the end of that day, UTC.")
NEVER = click.option("--never", is_flag=True, help="Never expires, where the organization's policy allows it.")
ADDRESS = click.option(
    "--address", "addresses", multiple=True, metavar="BLOCK", help="Works from there only, as 198.51.100.7 or 2001:db8:1::/48."
)


class Grant(click.ParamType[tuple[Permission, frozenset[int] | None]]):
    """`networks:read`, or `networks:update=20,25` for chosen objects."""

    name = "grant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Permission, frozenset[int] | None]:
        word, separator, ids = str(value).partition("=")
        if word not in GRANTABLE:
            self.fail(f"{word} is nothing that an API key can hold. It can hold: {', '.join(GRANTABLE)}.", param, ctx)
        permission = Permission(word)
        if not separator:
            return permission, None
        if not RULES[permission].objects:
            self.fail(f"{word} has no list of objects.", param, ctx)
        numbers = [read_number(part, LARGEST_ID) for part in ids.split(",")]
        if None in numbers:
            self.fail(f"Name objects by their ids, as in {word}=20,25.", param, ctx)
        return permission, frozenset(number for number in numbers if number is not None)


GRANTS = click.option(
    "--grant", "grants", type=Grant(), multiple=True, metavar="GRANT", help="networks:read, or networks:update=ID,ID for chosen ones."
)


def add_up(grants: Iterable[tuple[Permission, frozenset[int] | None]]) -> dict[Permission, frozenset[int] | None]:
    """Several --grant of one permission add up. Refuses one that is given both with objects and without, which means all of ours."""
    said: dict[Permission, frozenset[int] | None] = {}
    for permission, objects in grants:
        before = said.get(permission, objects)
        if (before is None) is not (objects is None):
            raise click.UsageError(f"--grant gives {permission} both for all of ours and for chosen ones. Leave one of them out.")
        said[permission] = None if objects is None or before is None else objects | before
    return said


def unite(templates: Iterable[str], grants: Iterable[tuple[Permission, frozenset[int] | None]], copied: Grants | None = None) -> Grants:
    """What the templates and the copied key grant, where no --grant says it otherwise. Refuses a template that widens what is copied."""
    said, ready = add_up(grants), dict(copied or {})
    for permission in (permission for name in templates for permission in TEMPLATES[name].permissions):
        if ready.setdefault(permission, None) is not None and permission not in said:
            raise click.UsageError(
                f"--template gives {permission} for all of ours, --copy-from for chosen ones. Say which you want, by --grant {permission}."
            )
    chosen = ready | said
    if not chosen:
        raise click.UsageError("Say what the key may do, by --grant, --template or --copy-from.")
    return chosen


def last_day(expires_in: int | None, never: bool, otherwise: date | None) -> date | None:
    """The last UTC day that the options say; None: never."""
    if never and expires_in is not None:
        raise click.UsageError("Say --never or --expires-in, not both.")
    if never:
        return None
    return otherwise if expires_in is None else now().date() + timedelta(days=expires_in)
