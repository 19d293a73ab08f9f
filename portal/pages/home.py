"""The first page: what this is, for who is new; what needs attention, for who is signed in."""

from datetime import timedelta

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.api_keys.queries.attention import Attention, keys_needing_attention
from portal.db.session import now, snapshot
from portal.extensions import db, settings
from portal.pages.identity import current_principal
from portal.registry.read.queries import counts

blueprint = Blueprint("home", __name__)

FIRST_QUERY = """\
curl {url}/graphql \\
  -H 'Content-Type: application/json' \\
  -d '{{"query": "{{ network(asn: 64500) {{ name policyGeneral ports {{ nodes {{ exchange {{ name }} ipaddr4 speed }} }} }} }}"}}'"""
SOON = timedelta(days=14)
WORDS = {"net": "networks", "ix": "exchanges", "netixlan": "exchange ports", "fac": "facilities", "org": "organizations"}


@blueprint.get("/")
def show() -> ResponseReturnValue:
    principal = current_principal()
    with snapshot(db.engine) as connection:
        numbers = counts(connection, principal)
        keys = keys_needing_attention(connection, principal, before=now() + SOON)
    shown = [(word, numbers[tag]) for tag, word in WORDS.items()]
    attention = [(f"{key.name} of {key.organization} {key.words}", address_of(key)) for key in keys]
    return render_template("home/show.html", counts=shown, attention=attention, first_query=FIRST_QUERY.format(url=settings().public_url))


def address_of(key: Attention) -> str:
    return url_for("api_keys.show", organization_id=key.organization_id, key_id=key.id)
