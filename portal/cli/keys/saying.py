"""What the commands about keys print: facts as JSON in the words of the GraphQL schema, or words for a person."""

from typing import Any

import click
import orjson

from portal.api_keys.grants import Grants, describe_grants
from portal.api_keys.state import state_of
from portal.database import TIMESTAMP_FORM, now
from portal.models import ApiKey, Organization


def describe(key: ApiKey, grants: Grants) -> dict[str, Any]:
    """The public facts of a key, in the words of the GraphQL schema."""
    return {
        "keyId": key.id,
        "name": key.name,
        "organization": key.organization_id,
        "expiresAt": moment(key.expires_at),
        "grants": describe_grants(grants),
    }


def state(key: ApiKey, organization: Organization) -> str:
    return state_of(
        expires_at=key.expires_at,
        disabled_at=key.disabled_at,
        revoked_at=key.revoked_at,
        frozen=organization.keys_frozen,
        organization_status=organization.status,
        at=now(),
    )


def moment(at: Any) -> str | None:
    return at.strftime(TIMESTAMP_FORM) if at else None


def say(facts: dict[str, Any], words: str, as_json: bool) -> None:
    """What an act did: facts on standard output, or words for a person."""
    if as_json:
        write_json(facts)
    else:
        click.echo(words, err=True)


def write_json(value: Any) -> None:
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
