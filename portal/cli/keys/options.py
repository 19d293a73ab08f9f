"""What the commands about keys have in common: options, and how a grant is written."""

from collections.abc import Iterable
from typing import Any

import click

from portal.api_keys.grants import Grants
from portal.api_keys.templates import TEMPLATES
from portal.permissions import GRANTABLE, RULES, Permission

ORGANIZATION = click.option("--organization", "organization_id", required=True, type=int, metavar="ID", help="The organization's id.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for a script.")


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
        if not all(part.isdecimal() and part.isascii() for part in ids.split(",")):
            self.fail(f"Name objects by their ids, as in {word}=20,25.", param, ctx)
        return permission, frozenset(map(int, ids.split(",")))


def unite(templates: Iterable[str], grants: Iterable[tuple[Permission, frozenset[int] | None]]) -> Grants:
    """What the templates grant, where no --grant says it otherwise; several --grant of one permission add up."""
    said: dict[Permission, frozenset[int] | None] = {}
    for permission, objects in grants:
        before = said.get(permission, frozenset())
        said[permission] = None if objects is None or before is None else objects | before
    chosen = {permission: None for name in templates for permission in TEMPLATES[name].permissions} | said
    if not chosen:
        raise click.UsageError("Say what the key may do, by --grant or --template.")
    return chosen
