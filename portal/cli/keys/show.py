"""`portal keys show`."""

from typing import Any

import click

from portal.access.principal import COMMAND_LINE
from portal.api_keys.grants import describe_grants
from portal.api_keys.key import TokenFacts
from portal.api_keys.lifecycle.load import organization_of_key
from portal.api_keys.queries.detail import Detail, read_key
from portal.api_keys.usage.points import read_days
from portal.cli.context import open_registry
from portal.cli.ids import IF_ORGANIZATION
from portal.cli.keys.options import AS_JSON
from portal.cli.output import say_facts, timestamp

DAYS = 30


@click.command("show")
@click.argument("key_id", metavar="KEY")
@IF_ORGANIZATION
@AS_JSON
def show_key(key_id: str, organization_id: int | None, as_json: bool) -> None:
    """Show an API key: its facts, tokens and grants, and its use in the last 30 days.

    With --organization, a key of another one isn't found.
    """
    with open_registry() as session:
        connection, organization_id = session.connection(), organization_of_key(session, COMMAND_LINE, key_id, organization_id)
        detail = read_key(connection, COMMAND_LINE, organization_id, key_id)
        days = read_days(connection, COMMAND_LINE, organization_id, DAYS, key_id)
    use = {name: sum(getattr(day, name) for day in days) for name in ("ok", "denied", "limited", "errors", "points")}
    facts, tokens = describe_detail(detail, organization_id), [*detail.key.tokens, *detail.key.reported]
    if as_json:
        say_facts(facts | {"tokens": list(map(describe_token, tokens)), f"last{DAYS}Days": use}, as_json)
        return
    lines = [say_token(token) for token in tokens]
    say_facts(facts | {"tokens": lines, f"last {DAYS} days": ", ".join(f"{name} {count:,}" for name, count in use.items())}, as_json)


def describe_detail(detail: Detail, organization_id: int) -> dict[str, Any]:
    key = detail.key
    return {
        "keyId": key.id,
        "name": key.name,
        "organization": organization_id,
        "state": key.state.value,
        "also": [state.value for state in key.states[1:]],
        "note": key.note,
        "notifyEmail": detail.notify_email,
        "createdAt": timestamp(key.created),
        "issuedBy": key.issued_by,
        "expiresAt": timestamp(key.expires_at),
        "grants": describe_grants(detail.grants),
        "addresses": list(key.addresses or ()),
        "points": key.points,
        "pointsAllowed": key.policy.key_points,
        "disabledAt": timestamp(key.disabled_at),
        "revokedAt": timestamp(key.revoked_at),
        "revokedReason": key.revoked_reason,
        "lastUsedAt": timestamp(key.last_use.at) if key.last_use else None,
        "lastUsedFrom": key.last_use.address if key.last_use else "",
        "lastUsedBy": key.last_use.user_agent if key.last_use else "",
        "unused": key.unused,
        "breaches": list(key.breaches),
    }


def describe_token(token: TokenFacts) -> dict[str, Any]:
    """A token that works or leaked, without a secret."""
    return {
        "tokenId": token.token_id,
        "lastFour": token.last_four,
        "createdAt": timestamp(token.created),
        "lastUsedAt": timestamp(token.last_used_at),
        "retiresAt": timestamp(token.retires_at),
        "leakedAt": timestamp(token.leaked_at),
    }


def say_token(token: TokenFacts) -> str:
    last_use = f"last used {timestamp(token.last_used_at)}" if token.last_used_at else "never used"
    end = f", works until {timestamp(token.retires_at)}" if token.retires_at else ""
    end = f", reported as leaked {timestamp(token.leaked_at)}" if token.leaked_at else end
    return f"pport_{token.token_id}_…{token.last_four}, created {timestamp(token.created)}, {last_use}{end}"
