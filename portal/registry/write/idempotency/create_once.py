"""Creates a record once, however often it is sent under the same key."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.access.principal import Principal
from portal.registry.description import RecordType
from portal.registry.records import DELETED
from portal.registry.rules.problem import Problem
from portal.registry.write.act import Written
from portal.registry.write.create import begin_below, create_record
from portal.registry.write.idempotency.acts_done import PATH, act_done, remember_act


def create_once(session: Session, principal: Principal, kind: RecordType, given: Mapping[str, Any], key: str) -> Written:
    """Returns the new record; under a key that was used for it, the record of then as it is now, for who may still create it.

    Raises what create_record() does, and Rejected where the key was used for something else.
    """
    mutation = f"create{kind.model.__name__}"
    begin_below(session, principal, kind, given)
    done = act_done(session, principal, mutation, key, given)
    if done is not None:
        row: Any = session.get_one(kind.model, done.record_id, populate_existing=True)
        gone = [Problem(f"{kind.tag}:{row.id} was created under this key, and was deleted since.", PATH)] if row.status == DELETED else []
        return Written(row, gone)
    written = create_record(session, principal, kind, given)
    remember_act(session, principal, mutation, key, given, written.row.id)
    return written
