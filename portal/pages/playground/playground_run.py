"""Runs one query of the playground: anonymously, or as one of an organization's keys for its admin, from the person's own budget."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from graphql_schema import INDEX
from graphql_schema.engine.answer import Answer, GraphQLRequest, NotAQuery, execute
from graphql_schema.engine.context import Context
from graphql_schema.types.rate_limit import cost_of
from portal.access.caller_budgets import budgets_of
from portal.access.principal import Kind, Principal
from portal.api_keys.authenticate.impersonate import Impersonation, impersonate
from portal.db.reader import Snapshot
from portal.errors import CredentialMissing, Forbidden, NotFound
from portal.extensions import db, settings
from portal.http.json_requests import BadRequest
from portal.limits.charge import Charge
from portal.limits.request_cost import points_of
from portal.logs.request_id import request_id
from portal.pages.identity import current_principal
from portal.runtime import spending

RUN_AS = re.compile(r"([0-9]{1,18})/(key_[0-9A-Za-z]{12})", re.ASCII)


@dataclass(frozen=True)
class RunResult:
    """An answer; `headers` say what is left of the budget."""

    answer: Answer
    headers: Mapping[str, str]


def run(graphql: GraphQLRequest, run_as: str) -> RunResult:
    """`run_as` is "organization id/key id", or empty to run anonymously. Queries only.

    Raises what impersonate() does, Forbidden for who is signed out, BadRequest for a mutation, Limited.
    """
    payer = current_principal() if run_as else anonymous_principal()
    if run_as and payer.kind is Kind.ANONYMOUS:
        raise Forbidden("You are signed out. Sign in again to run queries as an API key.")
    charge = Charge(spending(), budgets_of(payer))
    charge.pay(1)
    impersonation = impersonate_key(payer, run_as) if run_as else Impersonation(payer, None)
    try:
        with Snapshot(db.engine) as snapshot:
            context = Context(impersonation.principal, snapshot, charge, impersonation.expires_at, request_id())
            answer = execute(INDEX, graphql, context, only_queries=True)
    except NotAQuery:
        raise BadRequest(405, "The playground runs queries only.") from None
    charge.settle(points_of(answer.rows))
    if not answer.refused:
        answer.extensions["cost"] = cost_of(context)
    return RunResult(answer, charge.left.headers if charge.left else {})


def anonymous_principal() -> Principal:
    """Returns an anonymous principal, whether or not someone is signed in. Raises CredentialMissing where only keys may read."""
    if not settings().anonymous_reading:
        raise CredentialMissing("This portal answers API keys only: run as one of yours, or paste one into the editor.")
    return Principal(address=request.remote_addr or "", user_agent=request.user_agent.string)


def impersonate_key(person: Principal, run_as: str) -> Impersonation:
    """Returns the key, once the audit holds who runs as it."""
    match = RUN_AS.fullmatch(run_as)
    if match is None:
        raise NotFound("There is no such API key.")
    impersonation = impersonate(db.session(), person, int(match[1]), match[2])
    db.session.commit()
    return impersonation
