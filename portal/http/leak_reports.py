"""What both doors of the leak report do: take it from an address that hasn't reported too many, end the tokens, and tell nobody which."""

from collections.abc import Sequence

from flask import request

from portal.access.principal import Principal
from portal.api_keys.lifecycle.leak import Way, report
from portal.api_keys.token import Token
from portal.extensions import db
from portal.limits.budgets import reports_of
from portal.runtime import spending

NAME = "Leak report"  # not the person's who is signed in: the key's organization may be somebody else's


def take(tokens: Sequence[Token], given: int, way: Way) -> None:
    """Ends the tokens that are whole; `given`: how many texts were reported, tokens or not. Raises Limited."""
    address = request.remote_addr or ""
    spending().spend([reports_of(address)], max(1, given))
    report(db.session(), Principal(name=NAME, address=address, user_agent=request.user_agent.string), tokens, way)
    db.session.commit()
