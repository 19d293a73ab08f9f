"""What the page and the API do with a leak report: limit them by address, revoke the tokens, and tell no one which were real."""

from collections.abc import Sequence

from flask import Request

from portal.access.principal import Principal
from portal.api_keys.lifecycle.leak import Way, report
from portal.api_keys.token import Token
from portal.extensions import db
from portal.limits.budgets import reports_of
from portal.runtime import spending

NAME = "Leak report"  # not the name of the person who is signed in: the key may belong to another organization


def take(request: Request, tokens: Sequence[Token], number: int, way: Way) -> None:
    """Revokes the tokens that are whole; `number`: how many texts were reported, tokens or not. Raises Limited."""
    address = request.remote_addr or ""
    spending().spend([reports_of(address)], max(1, number))
    report(db.session(), Principal(name=NAME, address=address, user_agent=request.user_agent.string), tokens, way)
    db.session.commit()
