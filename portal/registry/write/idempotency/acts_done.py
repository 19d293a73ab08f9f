"""What was done under a caller's keys within a day: looked up, and stored in the act's own transaction."""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.db.session import lock, now
from portal.models import IdempotentAct
from portal.registry.rules.problem import CONFLICT, Problem, Rejected

KEPT_FOR = timedelta(hours=24)
MAX_KEY_CHARACTERS = 100
PATH = ("idempotency_key",)


def act_done(session: Session, principal: Principal, mutation: str, key: str, given: Mapping[str, Any]) -> IdempotentAct | None:
    """Returns what was done under the key, None where nothing was. Takes the lock: of two requests at once the second finds the first's.

    Raises Rejected for a key that can't be one, and for one under which something else was given.
    """
    if not (0 < len(key) <= MAX_KEY_CHARACTERS and key.isascii() and key.isprintable()):
        text = f"An idempotency key has 1 to {MAX_KEY_CHARACTERS} ASCII characters. Give each act a new one, such as a UUID."
        raise Rejected([Problem(text, PATH)])
    lock(session)
    session.execute(delete(IdempotentAct).where(IdempotentAct.at <= now() - KEPT_FOR), execution_options={"synchronize_session": False})
    act = session.get(IdempotentAct, (principal.kind.value, principal.id, mutation, key), populate_existing=True)
    if act is not None and act.input_digest != digest(given):
        text = "Another input was sent under this idempotency key within 24 hours. Give this act a key of its own."
        raise Rejected([Problem(text, PATH, CONFLICT)])
    return act


def remember_act(session: Session, principal: Principal, mutation: str, key: str, given: Mapping[str, Any], record_id: int | None) -> None:
    """Needs the lock, and what act_done() found: nothing."""
    caller = {"principal_kind": principal.kind.value, "principal_id": principal.id}
    session.add(IdempotentAct(**caller, mutation=mutation, key=key, input_digest=digest(given), record_id=record_id, at=now()))
    session.flush()


def digest(given: Mapping[str, Any]) -> str:
    return sha256(orjson.dumps(given, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()
