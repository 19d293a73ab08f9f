"""Who calls: from the Authorization header to a principal with a budget, and the account of its use."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from flask import Request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from graphql_schema.engine.answer import Answer
from portal.access.caller_budgets import budgets_of
from portal.access.principal import ANONYMOUS, Kind, Principal
from portal.access.token_refusals import TokenRefused
from portal.api.misplaced_token import check_place
from portal.api_keys.authenticate.authenticate import Admitted, Origin, admit, anonymous, credential
from portal.api_keys.authenticate.peppers import renew_digest
from portal.api_keys.token import Token
from portal.api_keys.usage import note_first_use
from portal.db.reader import Snapshot
from portal.db.session import begin_writing
from portal.errors import CredentialMissing, Unavailable
from portal.extensions import db, settings
from portal.limits.budgets import failures_of
from portal.limits.charge import Charge
from portal.limits.request_cost import points_of
from portal.runtime import account, spending

log = logging.getLogger(__name__)


@dataclass
class Caller:
    """Filled as the request goes on; `outcome`, `operation` and `lacks` (scopes) are what the account will say."""

    principal: Principal = ANONYMOUS
    admitted: Admitted | None = None
    token: Token | None = None
    charge: Charge = field(default_factory=lambda: Charge(spending(), ()))
    outcome: str = "errors"
    operation: str | None = None
    lacks: Sequence[str] = ()
    registry_edition: tuple[int, int] | None = None

    @property
    def key_id(self) -> str:
        return self.principal.id if self.principal.kind is Kind.KEY else ""

    def edition(self, snapshot: Snapshot) -> tuple[int, int]:
        """Returns the registry's epoch and version, which the key's row came with; else they are read once, in the answer's snapshot."""
        if self.registry_edition is None:
            self.registry_edition = self.admitted.edition if self.admitted else None
        if self.registry_edition is None:
            self.registry_edition = cast(tuple[int, int], snapshot.rows("SELECT epoch, version FROM registry")[0])
        return self.registry_edition

    @property
    def epoch(self) -> int | None:
        """The registry's epoch, None while nothing was read that it came with."""
        edition = self.registry_edition or (self.admitted.edition if self.admitted else None)
        return edition[0] if edition else None

    @property
    def expires_at(self) -> datetime | None:
        return self.admitted.expires_at if self.admitted else None

    def settle(self, answer: Answer) -> None:
        """Settles what was paid, and notes how it ended."""
        self.charge.settle(points_of(answer.rows))
        self.outcome = "denied" if answer.denied else "errors" if answer.errors else "ok"
        self.lacks = answer.lacks


def admit_caller(caller: Caller, snapshot: Snapshot, request: Request) -> None:
    """Raises Unauthenticated, MalformedCredential or Limited."""
    origin = Origin(request.remote_addr or "", request.headers.get("User-Agent", ""))
    try:
        header = request.headers.get("Authorization")  # the server joins several by commas
        check_place(request)
        caller.token = credential([] if header is None else [header], origin.address)
        if caller.token is None and not settings().anonymous_reading:
            raise CredentialMissing("This portal answers API keys only. Send: Authorization: Bearer pport_…")
        caller.admitted = admit(caller.token, origin, snapshot) if caller.token else anonymous(origin)
    except TokenRefused as refused:
        account().refuse(refused, origin.address)
        spending().spend([failures_of(origin.address)])
        raise
    caller.principal = caller.admitted.principal
    caller.charge.budgets = budgets_of(caller.principal)
    caller.charge.pay(1)


def remember_use(caller: Caller) -> None:
    """In memory; only a token's first use, and a digest under an old pepper, are written at once."""
    if not caller.key_id or caller.admitted is None or caller.token is None:
        return
    points, token_id = max(1, caller.charge.paid), caller.token.token_id
    account().note(caller.principal, caller.outcome, points, token_id, caller.operation, caller.lacks)
    newest = settings().pepper
    if not caller.admitted.first_use and caller.admitted.pepper == newest:
        return
    try:
        with Session(db.engine) as session:
            if caller.admitted.first_use:
                note_first_use(session, caller.token.token_id)
            if caller.admitted.pepper != newest:
                begin_writing(session)
                renew_digest(session, caller.token, cast(int, caller.principal.organization_id))
                session.commit()
    except Unavailable:
        pass  # the database is away or busy, and the token's next request will try again
    except SQLAlchemyError:
        log.exception("a token's first use or newer digest could not be written; its next request will try again")
