"""A GET's weak ETag: it changes with everything that its answer depends on, so that an unchanged one needs no second reading.

It is an HMAC, so that no one can tell from a tag what the request was, or make one for an answer that was never given.
"""

import hashlib
import hmac
from functools import cache
from pathlib import Path

import orjson
from flask import Request, Response

import portal
from graphql_schema import INDEX, sdl
from graphql_schema.engine.answer import GraphQLRequest
from graphql_schema.engine.documents.document import read_document
from portal.access.principal import Principal
from portal.api.caller import Caller
from portal.db.reader import Snapshot
from portal.settings import Settings

PURPOSE = b"entity tag\0"


def entity_tag(request: GraphQLRequest, caller: Caller, snapshot: Snapshot, settings: Settings, media: str) -> str | None:
    """Returns None for what can't be kept: a document with errors, or one that reads the caller, its budget or the last import.

    Variables that are nested deeper than any filter may be have no tag either.
    """
    document = read_document(INDEX, request.query)
    if document.errors or document.fleeting:
        return None
    parts = (
        caller.edition(snapshot),
        release(),
        repr(settings),  # its secrets aren't in there
        rights(caller.principal),
        request.query,
        request.operation_name,
        request.variables,
        media,
    )
    try:
        return sealed(settings, parts)
    except orjson.JSONEncodeError:
        return None


def export_tag(tag: str, since: str | None, caller: Caller, snapshot: Snapshot, settings: Settings) -> str:
    """Returns the tag of a whole export, or of what changed since a cursor."""
    return sealed(settings, (caller.edition(snapshot), release(), repr(settings), rights(caller.principal), "export", tag, since))


def sealed(settings: Settings, parts: tuple[object, ...]) -> str:
    content = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
    return hmac.new(settings.secret_key.encode(), PURPOSE + content, hashlib.sha256).hexdigest()[:32]


def rights(principal: Principal) -> list[object]:
    """Returns who it is, and its grants with their objects, None for all."""
    grants = {permission.value: None if chosen is None else sorted(chosen) for permission, chosen in principal.grants.items()}
    return [principal.kind.value, principal.id, principal.organization_id, grants]


@cache
def release() -> str:
    """Returns a fingerprint of the code and the schema: a tag doesn't outlive an upgrade, nor an edit in a checkout."""
    return fingerprint(sdl(), Path(__file__).parent, Path(portal.__file__).parent)


def fingerprint(schema: str, *folders: Path) -> str:
    sources = sorted(path for folder in folders for path in folder.rglob("*.py"))
    return hashlib.sha256(b"\0".join([schema.encode(), *(path.read_bytes() for path in sources)])).hexdigest()


def is_current(request: Request, tag: str) -> bool:
    """Whether the client has the answer with this tag; `*` names none, because there may be an error to report."""
    tags = request.if_none_match
    return tags.is_weak(tag) or tags.is_strong(tag)


def tagged(response: Response, tag: str) -> Response:
    response.set_etag(tag, weak=True)
    return response
