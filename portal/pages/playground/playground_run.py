"""One query of the playground: as anybody, or as one of the keys of an organization whose admin asks, from the person's own budget."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from graphql_schema import INDEX
from graphql_schema.engine.answer import Answer, GraphQLRequest, NotAQuery, execute
from graphql_schema.engine.context import Context
from graphql_schema.types.rate_limit import cost_of
from portal.access.budgets import budgets_of
from portal.access.principal import Kind, Principal
from portal.api_keys.authenticate.impersonate import Impersonation, impersonate
from portal.db.reader import Snapshot
from portal.errors import CredentialMissing, Forbidden, NotFound
from portal.extensions import db, settings
from portal.http.json_requests import BadRequest
from portal.limits.budgets import points_of
from portal.limits.charge import Charge
from portal.pages.identity import current_principal
from portal.runtime import spending

RUN_AS = re.compile(r"([0-9]{1,18})/(key_[0-9A-Za-z]{12})", re.ASCII)


@dataclass(frozen=True)
class Ran:
    """What came of it; `headers` tell what is left of the budget."""

    answer: Answer
    request_id: str
    headers: Mapping[str, str]


def run(question: GraphQLRequest, run_as: str) -> Ran:
    """`run_as` is "organization id/key id", or empty for anybody. Queries only.

    Raises what impersonate() does, Forbidden for who is signed out, BadRequest for a mutation, Limited.
    """
    request_id = secrets.token_hex(8)
    payer = current_principal() if run_as else anybody()
    if run_as and payer.kind is Kind.ANONYMOUS:
        raise Forbidden("You are signed out. Sign in again to run queries as an API key.")
    charge = Charge(spending(), budgets_of(payer))
    charge.pay(1)
    acting = begin_acting(payer, run_as) if run_as else Impersonation(payer, None)
    try:
        with Snapshot(db.engine) as snapshot:
            context = Context(acting.principal, snapshot, charge, acting.expires_at, request_id)
            answer = execute(INDEX, question, context, only_queries=True)
    except NotAQuery:
        raise BadRequest(405, "The playground runs queries only.") from None
    charge.settle(points_of(answer.rows))
    if not answer.refused:
        answer.extensions["cost"] = cost_of(context)
    return Ran(answer, request_id, charge.left.headers if charge.left else {})


def anybody() -> Principal:
    """What everybody sees, whoever is signed in. Raises CredentialMissing where only keys may read."""
    if not settings().anonymous_reading:
        raise CredentialMissing("This portal answers API keys only: run as one of yours, or paste one into the editor.")
    return Principal(address=request.remote_addr or "", user_agent=request.user_agent.string)


def begin_acting(person: Principal, run_as: str) -> Impersonation:
    """The key, once it stands in the audit who runs as it."""
    found = RUN_AS.fullmatch(run_as)
    if found is None:
        raise NotFound("There is no such API key.")
    acting = impersonate(db.session(), person, int(found[1]), found[2])
    db.session.commit()
    return acting
