"""`--grant`: what a key may do, with all of ours or with chosen objects, which are named by their ids or ASNs."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import click
from sqlalchemy.orm import Session

from portal.access.permissions import GRANTABLE, RULES, Permission
from portal.access.principal import COMMAND_LINE
from portal.api_keys.grants import Grants
from portal.api_keys.parse_networks import read_networks
from portal.api_keys.templates import TEMPLATES
from portal.errors import Invalid
from portal.registry.types import LISTED_TYPES
from portal.whole_numbers import LARGEST_ID, read_number

# Ids, and ASNs as they were written: those are looked up once the database is open.
Objects = frozenset[int | str] | None
GivenGrant = tuple[Permission, Objects]
ASN = re.compile(r"ASN?[0-9]{1,10}", re.IGNORECASE | re.ASCII)


class Grant(click.ParamType[GivenGrant]):
    """`networks:read`, or `networks:update=AS64500,net:25` for chosen objects."""

    name = "grant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> GivenGrant:
        word, separator, names = str(value).partition("=")
        if word not in GRANTABLE:
            self.fail(f"{word} is nothing that an API key can hold. It can hold: {', '.join(GRANTABLE)}.", param, ctx)
        permission = Permission(word)
        if not separator:
            return permission, None
        if not RULES[permission].objects:
            self.fail(f"{word} has no list of objects.", param, ctx)
        tag = LISTED_TYPES[permission.resource].tag
        objects = [read_object(name.strip(), tag) for name in names.split(",")]
        if None in objects:
            self.fail(f"Name objects by {forms_of(tag)}, as in {word}={example_of(tag)}.", param, ctx)
        return permission, frozenset(chosen for chosen in objects if chosen is not None)


HELP = "networks:read, or networks:update=AS64500,net:25 for chosen ones."
GRANTS = click.option("--grant", "grants", type=Grant(), multiple=True, metavar="GRANT", help=HELP)


def read_object(name: str, tag: str) -> int | str | None:
    """Returns an id, an ASN's text, or None for what is neither: `25`, `net:25`, `AS64500`."""
    if tag == "net" and ASN.fullmatch(name):
        return name
    return read_number(name.removeprefix(f"{tag}:"), LARGEST_ID)


def forms_of(tag: str) -> str:
    return "ASN or id" if tag == "net" else "id"


def example_of(tag: str) -> str:
    return "AS64500,net:25" if tag == "net" else f"20,{tag}:25"


def add_up(grants: Iterable[GivenGrant]) -> dict[Permission, Objects]:
    """Several --grant of one permission add up. Refuses one that is given both with objects and without, which means all of ours."""
    said: dict[Permission, Objects] = {}
    for permission, objects in grants:
        before = said.get(permission, objects)
        if (before is None) is not (objects is None):
            raise click.UsageError(f"--grant gives {permission} both for all of ours and for chosen ones. Leave one of them out.")
        said[permission] = None if objects is None or before is None else objects | before
    return said


def unite(templates: Iterable[str], grants: Iterable[GivenGrant], copied: Grants | None = None) -> dict[Permission, Objects]:
    """What the templates and the copied key grant, where no --grant says it otherwise. Refuses a template that widens what is copied."""
    said, ready = add_up(grants), dict[Permission, Objects](copied or {})
    for permission in (permission for name in templates for permission in TEMPLATES[name].permissions):
        if ready.setdefault(permission, None) is not None and permission not in said:
            raise click.UsageError(
                f"--template gives {permission} for all of ours, --copy-from for chosen ones. Say which you want, by --grant {permission}."
            )
    chosen = ready | said
    if not chosen:
        raise click.UsageError("Say what the key may do, by --grant, --template or --copy-from.")
    return chosen


def find_objects(session: Session, organization_id: int, grants: Mapping[Permission, Objects]) -> Grants:
    """The grants with the ids of the organization's networks in place of ASNs. Raises Invalid for an ASN of none of them."""
    return {
        permission: None if objects is None else frozenset(find_object(session, organization_id, name) for name in objects)
        for permission, objects in grants.items()
    }


def find_object(session: Session, organization_id: int, name: int | str) -> int:
    if isinstance(name, int):
        return name
    found = read_networks(session.connection(), COMMAND_LINE, organization_id, name).networks
    if not found:
        raise Invalid(f"{name.upper()} isn't a network of organization {organization_id}.", "grants")
    return found[0].id
