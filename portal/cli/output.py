"""What commands print: facts as JSON in the words of the GraphQL schema, or words for a person."""

from typing import Any

import click
import orjson

from portal.access.key_state import states_of
from portal.api_keys.grants import describe_grants, grants_of
from portal.db.session import now
from portal.db.types import TIMESTAMP_FORM
from portal.models import ApiKey
from portal.registry.organizations import Organization


def key_facts(key: ApiKey) -> dict[str, Any]:
    """Returns the public facts of a key with its grants, in the words of the GraphQL schema."""
    return {
        "keyId": key.id,
        "name": key.name,
        "organization": key.organization_id,
        "expiresAt": timestamp(key.expires_at),
        "grants": describe_grants(grants_of(key)),
        "addresses": list(key.addresses),
        "points": key.points,
    }


def key_state(key: ApiKey, organization: Organization) -> str:
    """Of a key that was read with its tokens."""
    return states_of(
        expires_at=key.expires_at,
        disabled_at=key.disabled_at,
        revoked_at=key.revoked_at,
        leaked=any(token.leaked_at is not None for token in key.tokens if token.retires_at is None),
        frozen=organization.keys_frozen,
        organization_status=organization.status,
        at=now(),
    )[0]


def timestamp(at: Any) -> str | None:
    return at.strftime(TIMESTAMP_FORM) if at else None


def until(expires_at: str | None) -> str:
    """Returns words as in "it works until 2027-01-31T23:59:59Z"."""
    return f"until {expires_at}" if expires_at else "for ever"


def say(facts: Any, words: str, as_json: bool) -> None:
    """Prints what a command did: facts on standard output, or words for a person on standard error."""
    if as_json:
        write_json(facts)
    else:
        click.echo(words, err=True)


def say_facts(facts: dict[str, Any], as_json: bool) -> None:
    """Prints facts one a line, or as JSON."""
    if as_json:
        write_json(facts)
        return
    width = max(map(len, facts)) + 3
    for name, value in facts.items():
        word = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
        lines = [say_value(item) for item in value] or ["–"] if isinstance(value, list) else [say_value(value)]
        for number, line in enumerate(lines):
            click.echo(f"{'' if number else word:{width}}{line}")


def say_value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "–" if value in (None, "") else str(value)


def write_json(value: Any) -> None:
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
