"""A GET's weak ETag: it changes with everything that its answer depends on, so that an unchanged one needs no second reading.

It is an HMAC, so that nobody can tell from a tag what was asked, or make one for an answer that was never given.
"""

import hashlib
import hmac
from functools import cache
from pathlib import Path

import orjson

import portal
from graphql_schema import INDEX, sdl
from graphql_schema.engine.answer import GraphQLRequest
from graphql_schema.engine.documents.document import read_document
from portal.access.principal import Principal
from portal.api.caller import Caller
from portal.db.reader import Snapshot
from portal.settings import Settings

PURPOSE = b"entity tag\0"


def entity_tag(question: GraphQLRequest, caller: Caller, snapshot: Snapshot, settings: Settings, media: str) -> str | None:
    """None for what can't be kept: a document with errors, or one that asks of the caller, its budget or the last import.

    Nor have variables a tag that are nested deeper than any filter may be.
    """
    document = read_document(INDEX, question.query)
    if document.errors or document.fleeting:
        return None
    parts = (
        version_of(caller, snapshot),
        release(),
        repr(settings),  # its secrets aren't in there
        rights(caller.principal),
        question.query,
        question.operation_name,
        question.variables,
        media,
    )
    try:
        return sealed(settings, parts)
    except orjson.JSONEncodeError:
        return None


def export_tag(tag: str, since: str | None, caller: Caller, snapshot: Snapshot, settings: Settings) -> str:
    """Of a whole export, or of what changed since a cursor."""
    return sealed(settings, (version_of(caller, snapshot), release(), repr(settings), rights(caller.principal), "export", tag, since))


def sealed(settings: Settings, parts: tuple[object, ...]) -> str:
    told = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
    return hmac.new(settings.secret_key.encode(), PURPOSE + told, hashlib.sha256).hexdigest()[:32]


def version_of(caller: Caller, snapshot: Snapshot) -> int:
    """The registry's, which the key's own row came with; read in the snapshot that the answer would be read from."""
    if caller.admitted is not None and caller.admitted.version is not None:
        return caller.admitted.version
    return int(snapshot.rows("SELECT version FROM registry")[0][0])


def rights(principal: Principal) -> list[object]:
    """Who it is, and each grant with its objects, None for all."""
    grants = {permission.value: None if chosen is None else sorted(chosen) for permission, chosen in principal.grants.items()}
    return [principal.kind.value, principal.id, principal.organization_id, grants]


@cache
def release() -> str:
    """Of the code and the schema: a tag doesn't outlive an upgrade, nor an edit in a checkout."""
    return fingerprint(sdl(), Path(__file__).parent, Path(portal.__file__).parent)


def fingerprint(schema: str, *folders: Path) -> str:
    sources = sorted(path for folder in folders for path in folder.rglob("*.py"))
    return hashlib.sha256(b"\0".join([schema.encode(), *(path.read_bytes() for path in sources)])).hexdigest()
