"""An audit row as a line of JSON, for files."""

from typing import Any

import orjson

from portal.audit.sentences import without_personal
from portal.db.types import TIMESTAMP_FORM


def as_json(row: Any) -> dict[str, Any]:
    """What a row says, without its place in the chain; times in UTC."""
    return {
        "number": row.number,
        "at": row.at.strftime(TIMESTAMP_FORM),
        "organization": row.organization_id,
        "event": row.event,
        "actor": {"kind": row.actor_kind, "id": row.actor_id, "name": row.actor_name},
        "object": {"type": row.subject_type, "id": row.subject_id, "name": row.subject_name},
        "address": row.address,
        "userAgent": row.user_agent,
        "details": without_personal(row.details),
    }


def line(row: Any) -> bytes:
    return orjson.dumps(as_json(row), option=orjson.OPT_APPEND_NEWLINE)
